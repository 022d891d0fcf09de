"""Reads of needs and their matches that pages and the admin share."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Prefetch, Q, QuerySet

from demand.enums import DemandState, ScorePart
from demand.models import Demand, DemandQuerySet, Match
from portal.accounts.enums import Role
from portal.accounts.models import Organisation, User

TELLING_WORDS = 12
BAR_WIDTH = Decimal(100)


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of a score as a stretch of a bar that is BAR_WIDTH long for the best match shown."""

    part: str
    label: str
    amount: Decimal
    start: Decimal
    width: Decimal


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A match with its reasons, as a page shows it."""

    match: Match
    bars: list[Bar]
    words: list[str]  # all that are marked in the texts
    telling: list[str]  # those that count most


def demands_of(firm: Organisation) -> DemandQuerySet:
    """The firm's needs, newest first, with how many patents match each."""
    return Demand.objects.filter(organisation=firm).annotate(match_count=Count("matches")).order_by("-id")


def demands_matched_to(holder: Organisation) -> QuerySet[Demand]:
    """Published needs that match patents of the holder, newest first, with those matches as `own_matches`."""
    own = Match.objects.filter(patent__holder=holder).select_related("patent").order_by("rank")
    demands = Demand.objects.filter(state=DemandState.PUBLISHED, matches__patent__holder=holder).distinct()
    return demands.select_related("organisation").prefetch_related(Prefetch("matches", own, "own_matches")).order_by("-id")


def matches_for(demand: Demand, user: User) -> list[Match]:
    """The matches of a need that the user may see: a holder those of its own patents, everybody else all."""
    is_shown = Q(patent__holder_id=user.organisation_id) if user.role == Role.HOLDER else Q()
    return list(demand.matches.filter(is_shown).select_related("patent__holder").order_by("rank"))


def rows_of(matches: list[Match]) -> list[MatchRow]:
    """Matches with their reasons; the bars are drawn to one scale."""
    best = max((match.score for match in matches), default=Decimal(0))
    return [_row(match, best) for match in matches]


def _row(match: Match, best: Decimal) -> MatchRow:
    bars: list[Bar] = []
    start = Decimal(0)
    for part in ScorePart:
        amount = Decimal(match.parts.get(part, 0))
        width = (amount / best * BAR_WIDTH).quantize(Decimal("0.1")) if best else Decimal(0)
        bars.append(Bar(part, part.label, amount, start, width))
        start += width
    words = [word["text"] for word in sorted(match.words, key=lambda word: -Decimal(word["amount"]))]
    return MatchRow(match, bars, words, list(dict.fromkeys(words))[:TELLING_WORDS])
