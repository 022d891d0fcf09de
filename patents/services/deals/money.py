"""Money that came in: rows that are only added, and reversals."""

from django.core.files.base import File
from django.db import transaction

from patents.checks.deals import check_money, check_text
from patents.enums.deals import RUNNING_STATES, DealState, DocumentKind, Side, WorksheetState
from patents.models import Acceptance, Deal, MoneyReceived
from patents.policy.deal_terms import MoneyFacts
from patents.queries.deals import contract_of, received_by_kind, received_total
from patents.services.deals.documents import check_file, fingerprint, keep
from patents.services.deals.moves import announce, lock_deal, move_deal, require_side, require_state, tell_other_side
from patents.workflow.deals import WORKSHEET_FLOW
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotFound
from portal.money import exact, short

_REVERSAL_STATES = (*RUNNING_STATES, DealState.CLOSED, DealState.ENDED)


@transaction.atomic
def record_money(*, deal_id: int, by: User, facts: MoneyFacts, file: File | None) -> MoneyReceived:
    """The giver enters one payment with its evidence. The total never exceeds the contract's fixed value.

    Raises:
        Invalid: above the contract value, before the contract, in the future, from a stranger.
        Conflict: the same payment with the same evidence stands already.
    """
    deal = lock_deal(by, pk=deal_id)
    require_side(deal, by, Side.GIVER)
    require_state(deal, *RUNNING_STATES)
    contract = contract_of(deal)
    if contract is None:
        raise NotFound("该交易尚未签订合同。")
    _refuse_twice(deal)
    check_money(facts, contract, kind=deal.kind, received=received_by_kind(deal))
    payer = deal.parties.filter(pk=facts.payer_id, side=Side.RECEIVER).first()
    if payer is None:
        raise Invalid("付款方须为受让（被许可、接受出资）方。", field="payer")
    evidence = check_file(file, field="file")
    same = deal.money.filter(
        amount=facts.amount,
        received_on=facts.received_on,
        document__sha256=fingerprint(evidence),
        reversal__isnull=True,
    )
    if same.exists():
        raise Conflict("同一凭证的同一笔到账已经登记。", code="money_exists")
    document = keep(deal, evidence, kind=DocumentKind.RECEIPT, by=by)
    money = MoneyReceived.objects.create(
        deal=deal,
        kind=facts.kind,
        amount=facts.amount,
        received_on=facts.received_on,
        payer=payer,
        document=document,
        note=facts.note.strip()[:300],
        recorded_by=by,
    )
    if deal.state == DealState.RECORDED:
        move_deal(deal, DealState.PAYING, by=by)
    total = received_total(deal)
    record(by=by, verb="登记到账", target=deal, amount=str(money.amount), received_on=str(money.received_on))
    announce(deal, "money_received", money_id=money.pk, amount=str(money.amount), received_on=str(money.received_on))
    title = f"交易 {deal.ref} 登记到账 {short(money.amount)}，累计 {short(total)}"
    tell_other_side(deal, Side.GIVER, "patents.deal.money_received", title)
    return money


def _refuse_twice(deal: Deal) -> None:
    """What a firm paid with its notice is entered where the holder confirms it, and only there."""
    waiting = Acceptance.objects.filter(deal=deal, paid_on__isnull=False, payment_confirmed_on__isnull=True).first()
    if waiting:
        raise Conflict(
            f"企业已随书面通知支付 {exact(waiting.paid_amount)} 元，请先在接受编号 {waiting.ref} 的页面确认收款。",
            code="payment_waits",
        )


@transaction.atomic
def reverse_money(*, deal_id: int, money_id: int, by: User, reason: str) -> MoneyReceived:
    """Take a wrong row back by a row of the same amount below zero; enter the right one anew.

    A deal that was closed goes back to receiving money: what its closing stated is no longer so. Worksheets of the
    payment become void; what was paid out under them stays, and shows as paid too much until it is set off.
    """
    deal: Deal = lock_deal(by, pk=deal_id)
    require_side(deal, by, Side.GIVER)
    require_state(deal, *_REVERSAL_STATES)
    wrong = deal.money.filter(pk=money_id, reverses__isnull=True).first()
    if wrong is None:
        raise NotFound("没有这笔到账。")
    why = check_text(reason, field="reason", label="冲销原因", limit=300)
    if hasattr(wrong, "reversal"):
        raise Conflict("该笔到账已冲销。", code="already_reversed")
    voided = _void_worksheets(wrong, by=by, deal=deal, reason=why)
    reversal = MoneyReceived.objects.create(
        deal=deal,
        kind=wrong.kind,
        amount=-wrong.amount,
        received_on=wrong.received_on,
        payer=wrong.payer,
        document=wrong.document,
        reverses=wrong,
        note=why,
        recorded_by=by,
    )
    record(by=by, verb="冲销到账", target=deal, note=why, amount=str(wrong.amount), worksheets_voided=voided)
    announce(deal, "money_reversed", money_id=wrong.pk, reversal_id=reversal.pk, amount=str(reversal.amount))
    tell_other_side(
        deal, Side.GIVER, "patents.deal.money_reversed", f"交易 {deal.ref} 冲销到账 {short(wrong.amount)}", why
    )
    if deal.state == DealState.CLOSED:
        _reopen(deal, by=by, reason=why)
    return reversal


def _void_worksheets(money: MoneyReceived, *, by: User, deal: Deal, reason: str) -> int:
    """Void what divides a payment that was taken back, at every giver; returns how many."""
    standing = list(money.worksheets.exclude(state=WorksheetState.VOID).order_by("pk"))
    for sheet in standing:
        WORKSHEET_FLOW.require(sheet.state, WorksheetState.VOID, actor=by)
        was_confirmed = sheet.state == WorksheetState.CONFIRMED
        sheet.state, sheet.void_reason = WorksheetState.VOID, f"到账冲销：{reason}"[:300]
        sheet.save(update_fields=["state", "void_reason"])
        if was_confirmed:
            announce(deal, "income_voided", worksheet_id=sheet.pk)
    return len(standing)


def _reopen(deal: Deal, *, by: User, reason: str) -> None:
    move_deal(deal, DealState.PAYING, by=by, closed_on=None, end_note="")
    record(by=by, verb="到账冲销，交易重新办理", target=deal, note=reason)
    announce(deal, "reopened", received_amount=str(received_total(deal)))
