"""How a deal comes to its end, good or bad."""

from django.db import transaction

from patents.checks.deals import check_end
from patents.enums.deals import DealState, Pricing, Side, SupplementState
from patents.models import Deal
from patents.queries.deals import contract_of, received_total
from patents.services.deals.moves import announce, lock_deal, move_deal, require_party, require_side, tell_other_side
from patents.services.deals.supplements import withdraw_waiting
from portal import clock
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Conflict, Invalid
from portal.money import exact


@transaction.atomic
def end_deal(*, deal_id: int, by: User, reason: str, note: str = "") -> Deal:
    """Either side gives up, at any step, and says why. Money that came in stays on the books."""
    deal = lock_deal(by, pk=deal_id)
    side = require_party(deal, by)
    check_end(reason, note)
    before = deal.state
    if before in (DealState.CONTRACT, DealState.RECORDED, DealState.PAYING) and not note.strip():
        raise Invalid("合同签订后终止，请说明解除情况。", field="end_note")
    withdraw_waiting(deal, by=by)
    move_deal(deal, DealState.ENDED, by=by, end_reason=reason, end_note=note.strip()[:500], closed_on=clock.today())
    record(by=by, verb="终止交易", target=deal, note=note.strip(), reason=reason, before=before)
    announce(deal, "ended", reason=reason, by_side=side.value, from_state=before)
    title = f"交易 {deal.ref} 已终止：{deal.get_end_reason_display()}"
    tell_other_side(deal, side, "patents.deal.ended", title, note.strip())
    return deal


@transaction.atomic
def close_deal(*, deal_id: int, by: User, note: str = "") -> Deal:
    """The giver states that everything was done. A fixed price that did not all come in needs an explanation."""
    deal = lock_deal(by, pk=deal_id)
    require_side(deal, by, Side.GIVER)
    contract, received = contract_of(deal), received_total(deal)
    value = contract.value_amount if contract and contract.pricing == Pricing.FIXED else None
    if value is not None and received < value and not note.strip():
        raise Invalid(
            f"合同金额 {exact(value)} 元，到账 {exact(received)} 元，未足额到账请说明原因。", field="end_note"
        )
    if contract and contract.supplements.filter(state=SupplementState.PROPOSED).exists():
        raise Conflict("有补充协议待对方确认，请等待答复或先撤回，再完成交易。", code="supplement_waits")
    move_deal(deal, DealState.CLOSED, by=by, end_note=note.strip()[:500], closed_on=clock.today())
    record(by=by, verb="完成交易", target=deal, note=note.strip(), received_amount=str(received))
    announce(deal, "closed", received_amount=str(received))
    tell_other_side(deal, Side.GIVER, "patents.deal.closed", f"交易 {deal.ref} 已完成")
    return deal
