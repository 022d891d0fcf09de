"""The deal behind an accepted open licence: one contract with the declared fee, counted like any other.

Runs inside the acceptance's own transaction; who may do what is checked there.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.core.files.base import ContentFile, File

from patents.enums import PaymentKind, Settlement
from patents.enums.deals import DealKind, DealState, DocumentKind, MoneyKind, Origin, PriceWay, Pricing, Side
from patents.models import (
    Acceptance,
    Deal,
    DealContract,
    DealDocument,
    DealPatent,
    MoneyReceived,
    PaymentPlanLine,
)
from patents.policy.licences import FeeTerms, instalments
from patents.services.deals.documents import check_file, fingerprint, keep
from patents.services.deals.moves import add_party, announce, move_deal
from patents.workflow.deals import OPEN_LICENCE_DEAL_FLOW
from portal import clock, refs
from portal.accounts.models import User
from portal.audit.services import record
from portal.dates import add_months

_PRICING = {
    PaymentKind.ONE_OFF: Pricing.FIXED,
    PaymentKind.INSTALMENTS: Pricing.FIXED,
    PaymentKind.ROYALTY: Pricing.ROYALTY,
    PaymentKind.TWO_TIER: Pricing.ENTRY_ROYALTY,
}
MONTHS_IN_YEAR = 12


def open_deal(acceptance: Acceptance, terms: FeeTerms, *, by: User) -> Deal:
    """Enter the deal of an acceptance: notice and declaration are its contract, the fixed fee its value."""
    licence, pricing = acceptance.open_licence, _PRICING[PaymentKind(terms.kind)]
    pk, ref = refs.reserve(Deal, "JY")
    deal = Deal.objects.create(
        pk=pk,
        ref=ref,
        kind=DealKind.OPEN_LICENCE,
        state=DealState.CONTRACT,
        origin=Origin.OPEN_LICENCE,
        origin_ref=acceptance.ref,
        opened_on=acceptance.notice_on,
        record_by=acceptance.record_due_on,
    )
    DealPatent.objects.create(deal=deal, patent=licence.patent)
    add_party(deal, licence.holder, Side.GIVER)
    add_party(deal, acceptance.firm, Side.RECEIVER)
    contract = DealContract.objects.create(
        deal=deal,
        number=acceptance.ref,
        signed_on=acceptance.effective_on,
        valid_from=acceptance.effective_on,
        valid_to=acceptance.licence_to,
        pricing=pricing,
        price_way=PriceWay.DECLARED,
        value_amount=terms.fixed_amount,
        royalty_rate=terms.royalty_rate,
        royalty_base=terms.royalty_base,
        document=_notice(deal, acceptance, by),
        # The declaration was the holder's word, the notice the firm's: both sides have spoken.
        confirmed_at=clock.now(),
        confirmed_by=by,
    )
    PaymentPlanLine.objects.bulk_create(
        PaymentPlanLine(contract=contract, due_on=due_on, amount=amount, condition="开放许可公告的使用费")
        for due_on, amount in _plan(terms, acceptance.effective_on)
    )
    value = str(terms.fixed_amount) if terms.fixed_amount is not None else None
    record(by=by, verb="开放许可成立", target=deal, acceptance_ref=acceptance.ref, value_amount=value)
    announce(deal, "contract_signed", signed_on=str(acceptance.effective_on), value_amount=value, pricing=pricing)
    return deal


def _plan(terms: FeeTerms, first: date) -> Iterator[tuple[date, Decimal]]:
    """Fixed parts fall due one per settlement period, the first at acceptance."""
    months = MONTHS_IN_YEAR // terms.periods_per_year
    for place, amount in enumerate(instalments(terms)):
        yield add_months(first, place * months), amount


def _notice(deal: Deal, acceptance: Acceptance, by: User) -> DealDocument:
    """The firm's written notice and the terms it took, as a text that the proof pack carries."""
    terms = acceptance.terms
    settlement = terms["settlement"]
    lines = [
        f"开放许可 {terms['ref']}  接受编号 {acceptance.ref}",
        f"专利：{terms['patent']}",
        f"专利权人：{terms['owner_name']}",
        f"被许可企业：{acceptance.firm.name}",
        f"使用费支付形式：{PaymentKind(terms['payment_kind']).label}",
        f"固定费用（元）：{terms['fixed_amount'] or '无'}",
        f"提成比例：{terms['royalty_rate'] or '无'}",
        f"结算周期：{Settlement(settlement).label if settlement else '无'}",
        f"使用费支付方式：{terms['payment_way']}",
        f"许可期限：{acceptance.effective_on} 至 {acceptance.licence_to}",
        f"书面通知日：{acceptance.notice_on}",
        f"已付使用费（元）：{acceptance.paid_amount}",
        f"付款日：{acceptance.paid_on or '无'}，凭证号：{acceptance.payment_number or '无'}",
        "",
        acceptance.notice_text,
    ]
    # With the mark, editors on Windows read it as UTF-8.
    content = ContentFile("\ufeff".encode() + "\r\n".join(lines).encode())
    name = f"开放许可书面通知-{acceptance.ref}.txt"
    document = DealDocument(
        deal=deal,
        kind=DocumentKind.NOTICE,
        file_name=name,
        content_type="text/plain; charset=utf-8",
        sha256=fingerprint(content),
        size_bytes=content.size,
        uploaded_by=by,
    )
    document.file.save(name, content, save=False)
    document.save()
    return document


def enter_payment(acceptance: Acceptance, *, by: User, received_on: date, file: File | None) -> MoneyReceived | None:
    """The holder has what the firm paid with its notice: money of the deal, with its evidence."""
    deal = _locked(acceptance)
    if deal is None:
        return None
    evidence = check_file(file, field="file")
    money = MoneyReceived.objects.create(
        deal=deal,
        kind=MoneyKind.PRICE,
        amount=acceptance.paid_amount,
        received_on=received_on,
        payer=deal.parties.get(side=Side.RECEIVER),
        document=keep(deal, evidence, kind=DocumentKind.RECEIPT, by=by),
        note=f"随书面通知支付，付款凭证号 {acceptance.payment_number}"[:300],
        recorded_by=by,
    )
    if deal.state == DealState.RECORDED:
        move_deal(deal, DealState.PAYING, by=by, flow=OPEN_LICENCE_DEAL_FLOW)
    record(by=by, verb="登记到账", target=deal, amount=str(money.amount), received_on=str(received_on))
    announce(deal, "money_received", money_id=money.pk, amount=str(money.amount), received_on=str(received_on))
    return money


def enter_record(acceptance: Acceptance, *, by: User) -> None:
    """The licence is recorded at CNIPA: so is its deal, unless it was ended before."""
    deal = _locked(acceptance)
    if deal is None or deal.state != DealState.CONTRACT:
        return
    move_deal(
        deal,
        DealState.RECORDED,
        by=by,
        flow=OPEN_LICENCE_DEAL_FLOW,
        record_number=acceptance.record_number,
        recorded_on=acceptance.recorded_on,
        effective_on=acceptance.effective_on,
    )
    record(by=by, verb="登记备案结果", target=deal, number=acceptance.record_number)
    announce(deal, "recorded", recorded_on=str(acceptance.recorded_on), effective_on=str(acceptance.effective_on))
    if deal.money.exists():
        move_deal(deal, DealState.PAYING, by=by, flow=OPEN_LICENCE_DEAL_FLOW)


def _locked(acceptance: Acceptance) -> Deal | None:
    return Deal.objects.select_for_update().filter(pk=acceptance.deal_id or 0).first()
