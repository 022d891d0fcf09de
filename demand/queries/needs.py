"""Reads of needs and their matches that pages and the admin share."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery

from demand.enums import DemandState, InterestState, MissingFact, ScorePart, Side
from demand.evidence import Evidence, Wanted, evidence_for, wanted_figures
from demand.models import Demand, DemandQuerySet, Interest, Invitation, Match, Refusal
from portal.accounts.enums import Role
from portal.accounts.models import Organisation, User

TELLING_WORDS = 12
INVITED_SHOWN = 20
SHOWN_STEP = Decimal("0.1")
TEXT_PARTS = (
    (ScorePart.TITLE_WORDS,),
    (ScorePart.BIGRAMS, ScorePart.CHARACTERS),
    (ScorePart.MEANING,),
    (ScorePart.FIELD,),
)
"""Parts that are shown as one, under the first one's name."""
FACT_PARTS = (
    ScorePart.NAMED,
    ScorePart.FIGURES,
    ScorePart.MATURITY,
    ScorePart.PRICE,
    ScorePart.WAY,
    ScorePart.CITY,
    ScorePart.LEGAL,
)
STATED_BY = {MissingFact.NEED_FIGURES: "firm", MissingFact.NEED_BUDGET: "firm", MissingFact.PATENT_VECTOR: "portal"}
"""Who could state a missing fact; what is not here the holder could."""
FACTS_LABEL = "供需条件"


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A match with its reasons, as a page shows it. Scores are rounded for reading; stored ones add up exactly."""

    match: Match
    score: Decimal
    scale: Decimal  # score of the best match beside it, to which its bar is drawn
    parts: list[dict[str, Any]]
    facts: list[dict[str, Any]]  # what the last part is the sum of, without those that count nothing
    words: list[str]  # all that are marked in the texts
    telling: list[str]  # those that count most
    missing: dict[str, list[str]]  # by "firm", "holder" and "portal": what each could state to raise the score
    figures: list[Evidence]  # the need's figures with the sentences that state them reached


def demands_of(firm: Organisation) -> DemandQuerySet:
    """The firm's needs, newest first, with how many patents match each and how many answers wait for the firm."""
    waiting = Interest.objects.filter(demand=OuterRef("pk"), state=InterestState.OPEN, side=Side.HOLDER).order_by()
    answers = Subquery(waiting.values("demand").annotate(count=Count("pk")).values("count"))
    needs = Demand.objects.filter(organisation=firm).annotate(match_count=Count("matches"), answer_count=answers)
    return needs.order_by("-id")


def demands_matched_to(holder: Organisation) -> QuerySet[Demand]:
    """Published needs that match patents of the holder, newest first, with those matches as `own_matches`."""
    own = Match.objects.filter(patent__holder=holder).select_related("patent__holder").order_by("rank")
    demands = Demand.objects.filter(state=DemandState.PUBLISHED, matches__patent__holder=holder).distinct()
    return (
        demands.select_related("organisation")
        .prefetch_related("figures", Prefetch("matches", own, "own_matches"))
        .order_by("-id")
    )


def invitations_to(holder: Organisation) -> QuerySet[Invitation]:
    """Open difficulties that the holder was asked to answer and has not, newest first, at most INVITED_SHOWN."""
    rows = Invitation.objects.filter(holder=holder, demand__in=Demand.objects.difficulties())
    open_ones = rows.exclude(demand__interests__holder=holder).select_related("demand", "patent")
    return open_ones.defer("patent__abstract", "patent__search_tokens").order_by("-id")[:INVITED_SHOWN]


def matches_for(demand: Demand, user: User) -> list[Match]:
    """The matches of a need that the user may see: a holder those of its own patents, everybody else all."""
    is_shown = Q(patent__holder_id=user.organisation_id) if user.role == Role.HOLDER else Q()
    return list(demand.matches.filter(is_shown).select_related("patent__holder").order_by("rank"))


def rows_of(matches: list[Match], *, to_holder: bool = False, target_figures: str = "") -> list[MatchRow]:
    """Give each match its reasons, all drawn to the best one's scale; `target_figures` are the need's public ones.

    A holder is not shown what its price counts: trying prices would find out the firm's budget.
    """
    wanted = wanted_figures(target_figures)
    facts = [part for part in FACT_PARTS if not (to_holder and part == ScorePart.PRICE)]
    scale = max((_sum(match, [*chain(*TEXT_PARTS), *facts]) for match in matches), default=Decimal(0))
    return [_row(match, scale, facts, wanted) for match in matches]


def _row(match: Match, scale: Decimal, facts: Sequence[ScorePart], wanted: Sequence[Wanted]) -> MatchRow:
    texts = [_part(together[0].label, _sum(match, together)) for together in TEXT_PARTS]
    counted = [_part(part.label, amount) for part in facts if (amount := _sum(match, [part]))]
    parts = [*texts, _part(FACTS_LABEL, _sum(match, facts))]
    score = _sum(match, [*chain(*TEXT_PARTS), *facts])
    words = [word["text"] for word in sorted(match.words, key=lambda word: -Decimal(word["amount"]))]
    telling = list(dict.fromkeys(words))[:TELLING_WORDS]
    missing: dict[str, list[str]] = {}
    for fact in map(MissingFact, match.missing):
        missing.setdefault(STATED_BY.get(fact, "holder"), []).append(fact.label)
    evidence = evidence_for(wanted, match.patent.title, match.patent.abstract)
    return MatchRow(match, _shown(score), scale, parts, counted, words, telling, missing, evidence)


def _part(label: str, amount: Decimal) -> dict[str, Any]:
    return {"label": label, "value": _shown(amount)}


def _sum(match: Match, parts: Sequence[ScorePart]) -> Decimal:
    return sum((Decimal(match.parts.get(part, 0)) for part in parts), Decimal(0))


def _shown(amount: Decimal | str) -> Decimal:
    return Decimal(amount).quantize(SHOWN_STEP)


def difficulties() -> QuerySet[Demand]:
    """The open difficulties, newest first, with what their public parts need."""
    rows = Demand.objects.difficulties().select_related("organisation").prefetch_related("figures")
    return rows.order_by("-published_at", "-id")


def interests_in(demand: Demand, user: User) -> QuerySet[Interest]:
    """What was offered and asked for this need, as far as the user may see it, newest first."""
    return Interest.objects.visible_to(user).filter(demand=demand).select_related("patent", "holder").order_by("-id")


def refusals_in(demand: Demand, user: User) -> dict[tuple[int, str], Refusal]:
    """The reasons given for matched patents, by (patent, side); a holder's for its own patents only."""
    rows = Refusal.objects.filter(demand=demand)
    if user.role == Role.HOLDER:
        rows = rows.filter(patent__holder_id=user.organisation_id)
    return {(refusal.patent_id, refusal.side): refusal for refusal in rows}
