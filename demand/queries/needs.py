"""Reads of needs and their matches that pages and the admin share."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from demand.enums import DemandState, ScorePart
from demand.models import Demand, DemandQuerySet, Match
from portal.accounts.enums import Role
from portal.accounts.models import Organisation, User

TELLING_WORDS = 12
SHOWN_STEP = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A match with its reasons, as a page shows it. Scores are rounded for reading; stored ones add up exactly."""

    match: Match
    score: Decimal
    scale: Decimal  # score of the best match beside it, to which its bar is drawn
    parts: list[dict[str, Any]]
    words: list[str]  # all that are marked in the texts
    telling: list[str]  # those that count most


def demands_of(firm: Organisation) -> DemandQuerySet:
    """The firm's needs, newest first, with how many patents match each."""
    return Demand.objects.filter(organisation=firm).annotate(match_count=Count("matches")).order_by("-id")


def demands_matched_to(holder: Organisation) -> QuerySet[Demand]:
    """Published needs that match patents of the holder, newest first, with those matches as `own_matches`."""
    own = Match.objects.filter(patent__holder=holder).select_related("patent").order_by("rank")
    demands = Demand.objects.filter(state=DemandState.PUBLISHED, matches__patent__holder=holder).distinct()
    return (
        demands.select_related("organisation").prefetch_related(Prefetch("matches", own, "own_matches")).order_by("-id")
    )


def matches_for(demand: Demand, user: User) -> list[Match]:
    """The matches of a need that the user may see: a holder those of its own patents, everybody else all."""
    is_shown = Q(patent__holder_id=user.organisation_id) if user.role == Role.HOLDER else Q()
    return list(demand.matches.filter(is_shown).select_related("patent__holder").order_by("rank"))


def rows_of(matches: list[Match]) -> list[MatchRow]:
    """Give each match its reasons, all drawn to the best one's scale."""
    scale = max((match.score for match in matches), default=Decimal(0))
    return [_row(match, scale) for match in matches]


def _row(match: Match, scale: Decimal) -> MatchRow:
    parts = [{"label": part.label, "value": _shown(match.parts.get(part, 0))} for part in ScorePart]
    words = [word["text"] for word in sorted(match.words, key=lambda word: -Decimal(word["amount"]))]
    return MatchRow(match, _shown(match.score), scale, parts, words, list(dict.fromkeys(words))[:TELLING_WORDS])


def _shown(amount: Decimal | str) -> Decimal:
    return Decimal(amount).quantize(SHOWN_STEP)
