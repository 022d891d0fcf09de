"""From a payment to the people: worksheet, confirmation, payouts."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.core.files.base import File
from django.db import transaction

from patents.checks.deals import check_text
from patents.checks.income import check_payout, check_worksheet
from patents.enums.deals import Audience, DocumentKind, MoneyKind, ShareGroup, Side, WorksheetState
from patents.models import (
    CostItem,
    Deal,
    DealDocument,
    DealParty,
    IncomeShare,
    IncomeWorksheet,
    MoneyReceived,
    Payout,
    ShareRule,
)
from patents.policy.deal_terms import CostLine, PayoutFacts, PersonLine, ShareRuleFacts, WorksheetTerms
from patents.policy.income import Division, Rates, check_rates, divide, split
from patents.queries import deal_rules
from patents.queries.deals import contract_of
from patents.queries.income import default_rates, left_to_pay, paid_amount, part_of
from patents.services.deals.documents import check_file, keep
from patents.services.deals.moves import announce, lock_deal, party_kind
from patents.workflow.deals import WORKSHEET_FLOW
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState


@transaction.atomic
def draft_worksheet(*, money_id: int, by: User, terms: WorksheetTerms) -> IncomeWorksheet:
    """Work out the own institution's part of a payment; a draft that stands is replaced.

    Raises:
        Invalid: shares that do not sum to 100 %, rates below a floor, costs above the payment.
        Conflict: the payment was reversed, or a confirmed worksheet stands.
    """
    deal, money, party = _lock_money(by, money_id)
    contract = contract_of(deal)
    if contract is None:
        raise NotFound("该交易尚未签订合同。")
    rates = _rates(terms, default_rates(contract, party, money.kind))
    rule, floor = deal_rules.inventor_floor(contract.signed_on, party.kind, money.kind)
    office_rule, office = deal_rules.office_floor(contract.signed_on, party.kind)
    check_rates(rates, inventor_floor=floor, office_floor=office)
    check_worksheet(terms, needs_office=rates.office > 0)
    division = divide(part_of(money, party), [cost.amount for cost in terms.costs], rates)
    documents = [_evidence(deal, cost, by) for cost in terms.costs]
    _replace_draft(money, party)
    sheet = IncomeWorksheet.objects.create(
        money=money,
        party=party,
        **_amounts(division, rates),
        rule=rule,
        office_rule=office_rule,
        own_rule=deal_rules.own_rule(party.organisation_id, contract.signed_on),
    )
    CostItem.objects.bulk_create(
        CostItem(worksheet=sheet, kind=cost.kind, amount=cost.amount, note=cost.note[:200], document=document)
        for cost, document in zip(terms.costs, documents, strict=True)
    )
    _write_shares(sheet, terms.people)
    record(by=by, verb="编制收益分配表", target=deal, worksheet_id=sheet.pk, net_amount=str(sheet.net_amount))
    return sheet


def _lock_money(by: User, money_id: int) -> tuple[Deal, MoneyReceived, DealParty]:
    """The payment and the own institution's part in the deal, whose row is locked."""
    found = MoneyReceived.objects.filter(pk=money_id, reverses__isnull=True).first()
    if found is None:
        raise NotFound("没有这笔到账。")
    deal = lock_deal(by, pk=found.deal_id)
    party = deal.parties.filter(side=Side.GIVER, organisation=by.organisation).first() if by.organisation else None
    if party is None:
        raise NotFound("没有这笔到账。")
    if MoneyReceived.objects.filter(reverses=found).exists():
        raise Conflict("该笔到账已冲销，不能分配。", code="already_reversed")
    found.deal = deal
    return deal, found, party


def _rates(terms: WorksheetTerms, default: Rates) -> Rates:
    """What was entered, each rate left out being the default; a rate below the own rule is refused."""
    inventor = default.inventor if terms.inventor_rate is None else terms.inventor_rate
    office = default.office if terms.office_rate is None else terms.office_rate
    for rate, lowest, article, field in (
        (inventor, default.inventor, default.inventor_article, "inventor_rate"),
        (office, default.office, default.office_article, "office_rate"),
    ):
        if rate < lowest:
            raise Invalid(f"比例低于《{article}》规定的 {lowest * 100:f}%。".replace("《《", "《"), field=field)
    return Rates(inventor, default.inventor_article, office, default.office_article)


def _evidence(deal: Deal, cost: CostLine, by: User) -> DealDocument:
    if isinstance(cost.evidence, int):
        found = deal.documents.filter(pk=cost.evidence, kind=DocumentKind.COST).first()
        if found is None:
            raise Invalid("成本凭证不属于本交易。", field="costs")
        return found
    paper = check_file(cost.evidence, field="costs")
    return keep(deal, paper, kind=DocumentKind.COST, by=by, audience=Audience.GIVER)


def _replace_draft(money: MoneyReceived, party: DealParty) -> None:
    standing = money.worksheets.filter(party=party).exclude(state=WorksheetState.VOID).first()
    if standing is None:
        return
    if standing.state == WorksheetState.CONFIRMED:
        raise Conflict("该笔到账的分配表已确认；如需修改，请先作废。", code="worksheet_stands")
    standing.state, standing.void_reason = WorksheetState.VOID, "重新编制"
    standing.save(update_fields=["state", "void_reason"])


def _amounts(division: Division, rates: Rates) -> dict[str, Any]:
    return {
        "received_amount": division.received,
        "cost_amount": division.costs,
        "net_amount": division.net,
        "inventor_rate": rates.inventor,
        "office_rate": rates.office,
        "inventor_amount": division.inventors,
        "office_amount": division.office,
        "institution_amount": division.institution,
        "lines": [asdict(line) for line in division.lines],
    }


def _write_shares(sheet: IncomeWorksheet, people: Any) -> None:
    for group, total in ((ShareGroup.INVENTOR, sheet.inventor_amount), (ShareGroup.OFFICE, sheet.office_amount)):
        members: list[PersonLine] = [person for person in people if person.group == group]
        if not members or not total:
            continue
        amounts = split(total, [person.share for person in members])
        IncomeShare.objects.bulk_create(
            IncomeShare(
                worksheet=sheet, group=group, person_name=person.name.strip(), share=person.share, amount=amount
            )
            for person, amount in zip(members, amounts, strict=True)
        )


@transaction.atomic
def confirm_worksheet(*, worksheet_id: int, by: User) -> IncomeWorksheet:
    """Fix a worksheet: from here on money can be paid out, and the database keeps it unchanged."""
    deal, sheet = _lock_worksheet(by, worksheet_id)
    WORKSHEET_FLOW.require(sheet.state, WorksheetState.CONFIRMED, actor=by)
    sheet.state, sheet.confirmed_at, sheet.confirmed_by = WorksheetState.CONFIRMED, clock.now(), by
    sheet.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    record(by=by, verb="确认收益分配表", target=deal, worksheet_id=sheet.pk, net_amount=str(sheet.net_amount))
    announce(deal, "income_confirmed", worksheet_id=sheet.pk, inventor_amount=str(sheet.inventor_amount))
    return sheet


@transaction.atomic
def void_worksheet(*, worksheet_id: int, by: User, reason: str) -> IncomeWorksheet:
    """Take a worksheet back; refused while money paid out under it stands."""
    deal, sheet = _lock_worksheet(by, worksheet_id)
    why = check_text(reason, field="reason", label="作废原因", limit=300)
    WORKSHEET_FLOW.require(sheet.state, WorksheetState.VOID, actor=by)
    if any(paid_amount(share) for share in sheet.shares.all()):
        raise Conflict("已按该表发放，请先冲销发放记录。", code="paid_out")
    was_confirmed = sheet.state == WorksheetState.CONFIRMED
    sheet.state, sheet.void_reason = WorksheetState.VOID, why
    sheet.save(update_fields=["state", "void_reason"])
    record(by=by, verb="作废收益分配表", target=deal, note=why, worksheet_id=sheet.pk)
    if was_confirmed:
        announce(deal, "income_voided", worksheet_id=sheet.pk)
    return sheet


def _lock_worksheet(by: User, worksheet_id: int) -> tuple[Deal, IncomeWorksheet]:
    """A worksheet of the own institution, under the lock of its deal."""
    found = IncomeWorksheet.objects.visible_to(by).select_related("money", "party").filter(pk=worksheet_id).first()
    if found is None:
        raise NotFound("没有这张分配表。")
    if found.party.organisation_id != by.organisation_id or by.organisation_id is None:
        raise NotAllowed("只有分配单位可以办理。")
    deal = lock_deal(by, pk=found.money.deal_id)
    found.refresh_from_db(fields=["state"])
    return deal, found


@transaction.atomic
def pay_out(*, share_id: int, by: User, facts: PayoutFacts, file: File | None) -> Payout:
    """Enter what was paid to a person, whole or in part, with its evidence; never above what is due.

    What the person has too much from a payment that was taken back is set off first.
    """
    share = _share(share_id)
    deal, sheet = _lock_worksheet(by, share.worksheet_id)
    if sheet.state != WorksheetState.CONFIRMED:
        raise WrongState("分配表尚未确认，不能登记发放。")
    if sheet.money.kind == MoneyKind.SHARES and not facts.tax_note.strip():
        raise Invalid("股权奖励请在说明中写明登记情况。", field="tax_note")
    check_payout(facts, received_on=sheet.money.received_on, left=left_to_pay(share))
    evidence = check_file(file, field="file")
    document = keep(deal, evidence, kind=DocumentKind.PAYOUT, by=by, audience=Audience.GIVER)
    payout = Payout.objects.create(
        share=share,
        amount=facts.amount,
        paid_on=facts.paid_on,
        tax_note=facts.tax_note.strip()[:300],
        document=document,
        recorded_by=by,
    )
    record(by=by, verb="登记奖励发放", target=deal, share_id=share.pk, amount=str(payout.amount))
    announce(deal, "inventor_paid", share_id=share.pk, group=share.group, amount=str(payout.amount))
    return payout


@transaction.atomic
def reverse_payout(*, payout_id: int, by: User, reason: str) -> Payout:
    """Take a wrong payout row back."""
    wrong = Payout.objects.select_related("share").filter(pk=payout_id, reverses__isnull=True).first()
    if wrong is None:
        raise NotFound("没有这笔发放。")
    deal, _ = _lock_worksheet(by, wrong.share.worksheet_id)
    why = check_text(reason, field="reason", label="冲销原因", limit=300)
    if Payout.objects.filter(reverses=wrong).exists():
        raise Conflict("该笔发放已冲销。", code="already_reversed")
    reversal = Payout.objects.create(
        share=wrong.share,
        amount=-wrong.amount,
        paid_on=wrong.paid_on,
        tax_note=why,
        document=wrong.document,
        reverses=wrong,
        recorded_by=by,
    )
    record(by=by, verb="冲销奖励发放", target=deal, note=why, payout_id=wrong.pk, amount=str(wrong.amount))
    announce(deal, "inventor_payment_reversed", share_id=wrong.share_id, amount=str(reversal.amount))
    return reversal


def _share(share_id: int) -> IncomeShare:
    found = IncomeShare.objects.select_related("worksheet__money").filter(pk=share_id).first()
    if found is None:
        raise NotFound("没有这项份额。")
    return found


@transaction.atomic
def set_share_rule(*, by: User, facts: ShareRuleFacts) -> ShareRule:
    """Enter the institution's own rule from a day on; it may give more than the law's floors, never less."""
    own = by.organisation
    if by.role != Role.HOLDER or own is None:
        raise NotAllowed("只有专利权人可以登记收益分配制度。")
    title = check_text(facts.title, field="title", label="制度名称", limit=200)
    kind = party_kind(own)
    _, floor = deal_rules.inventor_floor(facts.in_force_from, kind, MoneyKind.PRICE)
    _, office = deal_rules.office_floor(facts.in_force_from, kind)
    rates = Rates(facts.inventor_rate, title, facts.office_rate, title)
    check_rates(rates, inventor_floor=floor, office_floor=office)
    if facts.office_rate < 0 or facts.inventor_rate != facts.inventor_rate.quantize(Decimal("0.000001")):
        raise Invalid("比例应在 0 至 100% 之间，最多四位小数。", field="inventor_rate")
    if own.share_rules.filter(in_force_from=facts.in_force_from).exists():
        raise Conflict("该施行日已登记制度。", code="rule_exists", field="in_force_from")
    rule = ShareRule.objects.create(
        organisation=own,
        title=title,
        document_number=facts.document_number.strip()[:100],
        inventor_rate=facts.inventor_rate,
        office_rate=facts.office_rate,
        in_force_from=facts.in_force_from,
        created_by=by,
    )
    record(by=by, verb="登记收益分配制度", target=rule, inventor_rate=str(rule.inventor_rate))
    return rule
