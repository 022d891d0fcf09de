"""What becomes of a need when its deal goes on. Deals are led by `patents`; this listens."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from demand.enums import InterestState, JudgementSource, Side
from demand.models import Demand, Interest, Refusal
from demand.policy.reasons import grade_of
from demand.queries.rules import need_rules
from demand.services.interests import note_contact
from demand.services.judgements import judge
from patents.enums.deals import Origin
from patents.enums.deals import Side as DealSide
from portal import clock


def interest_of(payload: Mapping[str, Any]) -> Interest | None:
    """The interest that a deal's event is about, its need locked; None for deals that came from elsewhere."""
    if payload.get("origin") != Origin.MATCH:
        return None
    found = Interest.objects.filter(deal_ref=payload["deal_ref"]).select_related("demand").first()
    if found is not None:
        Demand.objects.select_for_update(of=("self",)).get(pk=found.demand_id)
    return found


@transaction.atomic
def deal_talks(payload: Mapping[str, Any]) -> None:
    """The holder answered the firm's enquiry: that is the contact."""
    interest = interest_of(payload)
    if interest is None:
        return
    _answered(interest, InterestState.ACCEPTED)
    note_contact(interest.demand)
    judge(interest.demand, interest.patent_id, need_rules().grade_of_contact, JudgementSource.CONTACT)


@transaction.atomic
def deal_signed(payload: Mapping[str, Any]) -> None:
    """A contract stands: nothing says better that the patent answers the need."""
    interest = interest_of(payload)
    if interest is not None:
        note_contact(interest.demand)
        judge(interest.demand, interest.patent_id, need_rules().grade_of_deal, JudgementSource.DEAL)


@transaction.atomic
def deal_ended(payload: Mapping[str, Any]) -> None:
    """Talks came to nothing: the reason counts like one said to the match itself."""
    interest = interest_of(payload)
    if interest is None:
        return
    _answered(interest, InterestState.REFUSED)
    side = Side.HOLDER if payload["by_side"] == DealSide.GIVER else Side.FIRM
    Refusal.objects.update_or_create(
        demand=interest.demand,
        patent=interest.patent,
        side=side,
        defaults={"reasons": [payload["reason"]], "note": "", "made_by": interest.made_by},
    )
    grade = grade_of([payload["reason"]], need_rules().grade_of_reason)
    if grade is not None:
        judge(interest.demand, interest.patent_id, grade, JudgementSource.REFUSAL)


def _answered(interest: Interest, state: InterestState) -> None:
    # A deal that was ended after talks ends the interest too, so that the patent can be asked for again.
    interest.state, interest.answered_at = state, interest.answered_at or clock.now()
    interest.save(update_fields=["state", "answered_at"])
