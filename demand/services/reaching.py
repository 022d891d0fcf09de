"""New or newly offered patents reach the needs that they may answer, without matching everything."""

from collections.abc import Iterable

from django.db import transaction

from demand.enums import DemandState, MatchState
from demand.models import Demand
from demand.queries.drafting import sharing_words
from demand.ranking import NeedText
from patents.models import Patent

REACHED = 200
"""Needs that one patent is compared with; those that share most of its words."""
ONE_BY_ONE = 200
"""An import of more patents lets every need be matched again: that is then the cheaper way."""


def reach_needs(patents: Iterable[Patent]) -> int:
    """Let the needs that share words with any of the patents wait for matching again; returns how many."""
    found: set[int] = set()
    for patent in patents:
        text = NeedText(patent.title, patent.abstract)
        needs = sharing_words(Demand.objects.filter(state=DemandState.PUBLISHED), text)
        found.update(needs.values_list("pk", flat=True)[:REACHED])
    # Those that hold the patent already: its price, way or state may count now.
    holding = Demand.objects.filter(state=DemandState.PUBLISHED, matches__patent__in=[one.pk for one in patents])
    found.update(holding.values_list("pk", flat=True))
    return mark_waiting(found)


def reach_from_patent(address: str) -> int:
    """The same for the patent of an event."""
    patents = list(Patent.objects.at_address(address).defer("search_tokens"))
    return reach_needs(patents)


def reach_from_import(sheet_import_id: int) -> int | None:
    """The same for what an import brought; None when it was too much to go one by one."""
    rows = Patent.objects.filter(source_import_id=sheet_import_id).defer("search_tokens").order_by("pk")
    patents = list(rows[: ONE_BY_ONE + 1])
    # Changed rows may name an older import: then nothing of it is here, and everything is matched.
    if not patents or len(patents) > ONE_BY_ONE:
        return None
    return reach_needs(patents)


@transaction.atomic
def mark_waiting(demand_ids: Iterable[int]) -> int:
    """Let published needs wait; locked in order of their keys."""
    rows = Demand.objects.select_for_update(of=("self",)).filter(pk__in=list(demand_ids), state=DemandState.PUBLISHED)
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    return Demand.objects.filter(pk__in=keys).update(match_state=MatchState.WAITING)
