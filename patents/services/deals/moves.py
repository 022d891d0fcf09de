"""Steps that the verbs share; each runs inside the verb's transaction, with the deal's row locked."""

from collections.abc import Collection
from typing import Any

from patents.enums.deals import DealState, PartyKind, Side
from patents.models import Deal, DealParty
from patents.queries.deals import side_of
from patents.workflow.deals import DEAL_FLOW
from portal.accounts.enums import OrganisationKind, SizeClass
from portal.accounts.models import Organisation, User
from portal.errors import NotAllowed, NotFound, WrongState
from portal.flow import Flow
from portal.notices.services import notify
from portal.outbox.services import publish

_OTHER = {Side.GIVER: Side.RECEIVER, Side.RECEIVER: Side.GIVER}
_KINDS = {
    OrganisationKind.UNIVERSITY: PartyKind.UNIVERSITY,
    OrganisationKind.INSTITUTE: PartyKind.INSTITUTE,
    OrganisationKind.STATE_FIRM: PartyKind.STATE_FIRM,
}


def lock_deal(by: User, **which: Any) -> Deal:
    """The deal that `by` may see, its row locked until the transaction ends. Raises NotFound."""
    try:
        return Deal.objects.visible_to(by).select_for_update(of=("self",)).get(**which)
    except Deal.DoesNotExist as error:
        raise NotFound("没有这笔交易。") from error


def require_side(deal: Deal, by: User, side: Side) -> None:
    """Only people of this side's organisations may do it."""
    if side_of(deal, by) != side:
        raise NotAllowed(f"只有{side.label}可以办理。")


def require_party(deal: Deal, by: User) -> Side:
    """The side of `by`; an official is of none and may not act."""
    side = side_of(deal, by)
    if not side:
        raise NotAllowed("只有交易双方可以办理。")
    return Side(side)


def require_state(deal: Deal, *allowed: DealState) -> None:
    """Refuse an act in any other state."""
    if deal.state not in allowed:
        raise WrongState(f"交易当前状态为“{deal.get_state_display()}”，不能办理。")


def move_deal(deal: Deal, to: DealState, *, by: User, flow: Flow = DEAL_FLOW, **values: Any) -> None:
    """Make a move of the table and write `values` with it."""
    flow.require(deal.state, to, actor=by)
    for name, value in {"state": to, **values}.items():
        setattr(deal, name, value)
    deal.save(update_fields=["state", "updated_at", *values])


def tell_other_side(deal: Deal, side: str, kind: str, title: str, body: str = "") -> None:
    """Put a message into the in-trays of the organisations across from `side`."""
    tell(deal, {_OTHER[Side(side)]}, kind, title, body)


def tell(deal: Deal, sides: Collection[str], kind: str, title: str, body: str = "") -> None:
    """Put a message into the in-trays of these sides' organisations."""
    parties = deal.parties.filter(side__in=sides, organisation__isnull=False).select_related("organisation")
    for party in parties.order_by("id"):
        if party.organisation:
            notify(recipient=party.organisation, kind=kind, title=title, body=body, link=deal.get_absolute_url())


def announce(deal: Deal, what: str, **facts: Any) -> None:
    """Publish `patents.deal.<what>` with the deal's reference and its two leading cities."""
    publish(
        f"patents.deal.{what}", key=deal.ref, deal_ref=deal.ref, kind=deal.kind, origin=deal.origin,
        origin_ref=deal.origin_ref, **facts,
    )  # fmt: skip


def party_kind(organisation: Organisation) -> PartyKind:
    """What an organisation counts as in a deal of today."""
    known = _KINDS.get(OrganisationKind(organisation.kind))
    if known:
        return known
    is_small = organisation.kind == OrganisationKind.SME and organisation.size_class != SizeClass.LARGE
    return PartyKind.SME if is_small else PartyKind.FIRM


def add_party(deal: Deal, organisation: Organisation, side: Side, *, share: Any = 1, is_lead: bool = True) -> DealParty:
    """Enter an organisation of the portal as a party, with its facts of today."""
    return DealParty.objects.create(
        deal=deal,
        side=side,
        organisation=organisation,
        name=organisation.name,
        uscc=organisation.uscc or "",
        kind=party_kind(organisation),
        city_code=organisation.city_code,
        share=share,
        is_lead=is_lead,
    )
