"""The contract, what has to be agreed to before it, and its record."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.core.files.base import File
from django.db import transaction

from patents.checks.deals import (
    check_choice,
    check_contract,
    check_past,
    check_record,
    check_technical_number,
    check_text,
)
from patents.enums.deals import (
    LICENCES,
    RUNNING_STATES,
    SIGNED_STATES,
    ConsentKind,
    DealKind,
    DealState,
    DocumentKind,
    PartyKind,
    Pricing,
    Side,
)
from patents.models import Deal, DealConsent, DealContract, DealDocument, DealParty, Patent, PaymentPlanLine
from patents.policy.deal_terms import Consent, ContractTerms, PartyLine, RecordFacts
from patents.policy.deals import Finding, blocking
from patents.queries import deal_rules
from patents.queries.deals import as_stored, contract_of, findings_for, received_total
from patents.services.deals.documents import check_file, keep
from patents.services.deals.moves import (
    announce,
    lock_deal,
    move_deal,
    party_kind,
    require_side,
    require_state,
    tell_other_side,
)
from portal import clock
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.codes import parse_uscc
from portal.dates import add_months
from portal.errors import Conflict, Invalid, NotFound, WrongState
from portal.outbox.services import publish


@transaction.atomic
def add_consent(*, deal_id: int, by: User, consent: Consent, file: File | None) -> DealConsent:
    """Enter the leave of a pledgee or co-owner, with its paper."""
    deal = lock_deal(by, pk=deal_id)
    require_side(deal, by, Side.GIVER)
    require_state(deal, DealState.TALKS, *RUNNING_STATES)
    check_choice(consent.kind, ConsentKind.values, field="kind", label="同意事项")
    name = check_text(consent.given_by, field="given_by", label="同意人", limit=200)
    check_past(consent.given_on, field="given_on", label="同意日期")
    if not deal.items.filter(patent_id=consent.patent_id).exists():
        raise Invalid("该专利不在本交易中。", field="patent_id")
    standing = deal.consents.filter(patent_id=consent.patent_id, kind=consent.kind, given_by=name)
    if standing.exists():
        raise Conflict(f"{name}的同意已登记。", code="consent_exists")
    document = keep(deal, check_file(file, field="file"), kind=DocumentKind.CONSENT, by=by)
    made = DealConsent.objects.create(
        deal=deal,
        patent_id=consent.patent_id,
        kind=consent.kind,
        given_by=name,
        given_on=consent.given_on,
        document=document,
        recorded_by=by,
    )
    record(by=by, verb="登记同意证明", target=deal, kind=consent.kind, given_by=name)
    return made


@transaction.atomic
def sign_contract(
    *, deal_id: int, by: User, terms: ContractTerms, file: File | None, valuation: File | None = None
) -> DealContract:
    """The giver records the contract. Every condition of its kind is judged; one that is not met refuses it.

    Raises:
        Invalid: terms that contradict themselves; `field` names which.
        Conflict: conditions of the law are not met (`conditions_not_met`), with each of them in the sentence.
    """
    deal = lock_deal(by, pk=deal_id)
    require_side(deal, by, Side.GIVER)
    require_state(deal, DealState.TALKS)
    check_contract(terms, kind=deal.kind)
    paper = check_file(file, field="file")
    if valuation:
        check_file(valuation, field="valuation")
    # Two exclusive licences signed at once: the second waits here and then sees the first.
    list(Patent.objects.select_for_update(no_key=True).filter(deals=deal).order_by("pk").values_list("pk"))
    found = findings_for(deal, terms, has_valuation_document=valuation is not None)
    if against := blocking(found):
        raise Conflict(f"不能签订：{_sentence(against)}。", code="conditions_not_met")
    _enter_parties(deal, terms.others)
    contract = _keep_contract(deal, terms, found, keep(deal, paper, kind=DocumentKind.CONTRACT, by=by))
    if valuation:
        keep(deal, valuation, kind=DocumentKind.VALUATION, by=by)
    move_deal(deal, DealState.CONTRACT, by=by, record_by=_record_by(deal, terms))
    value = str(terms.value_amount) if terms.value_amount is not None else None
    record(by=by, verb="登记合同", target=deal, number=terms.number, signed_on=str(terms.signed_on), value_amount=value)
    announce(deal, "contract_signed", signed_on=str(terms.signed_on), value_amount=value, pricing=terms.pricing)
    title = f"交易 {deal.ref} 已登记合同 {contract.number}，请核对并确认"
    tell_other_side(deal, Side.GIVER, "patents.deal.contract_signed", title)
    return contract


def _sentence(found: Iterable[Finding]) -> str:
    return "；".join(f"{finding.fact}（{finding.article}）" for finding in found)


def _record_by(deal: Deal, terms: ContractTerms) -> dt.date | None:
    months = deal_rules.record_months(terms.signed_on) if deal.kind in LICENCES else None
    return add_months(terms.valid_from, months) if months else None


def _keep_contract(deal: Deal, terms: ContractTerms, found: list[Finding], document: DealDocument) -> DealContract:
    contract = DealContract.objects.create(
        deal=deal,
        number=terms.number.strip(),
        signed_on=terms.signed_on,
        valid_from=terms.valid_from,
        valid_to=terms.valid_to if deal.kind in LICENCES else None,
        pricing=terms.pricing,
        price_way=terms.price_way,
        value_amount=Decimal(0) if terms.pricing == Pricing.FREE else terms.value_amount,
        royalty_rate=terms.royalty_rate,
        royalty_base=terms.royalty_base,
        valuation_amount=terms.valuation_amount,
        is_related_party=terms.is_related_party,
        document=document,
        findings=as_stored(found),
    )
    PaymentPlanLine.objects.bulk_create(
        PaymentPlanLine(contract=contract, due_on=line.due_on, amount=line.amount, condition=line.condition[:200])
        for line in terms.plan
    )
    return contract


def _enter_parties(deal: Deal, others: Iterable[PartyLine]) -> None:
    """Add the parties beside the leading two, whose shares are what is left; all facts as of today."""
    others = list(others)
    for lead in deal.parties.select_related("organisation").filter(is_lead=True):
        if lead.organisation:
            lead.name, lead.city_code = lead.organisation.name, lead.organisation.city_code
            lead.kind = party_kind(lead.organisation)
        lead.share = 1 - sum((line.share for line in others if line.side == lead.side), Decimal(0))
        lead.save(update_fields=["name", "city_code", "kind", "share"])
    known = set(deal.parties.values_list("name", flat=True))
    for number, line in enumerate(others, start=1):
        party = _party(deal, line)
        if party.name in known:
            raise Invalid(f"其他当事人第 {number} 行“{party.name}”重复。", field="others")
        known.add(party.name)
        party.save()


def _party(deal: Deal, line: PartyLine) -> DealParty:
    uscc = parse_uscc(line.uscc) if line.uscc.strip() else ""
    organisation = Organisation.objects.filter(uscc=uscc).first() if uscc else None
    name = organisation.name if organisation else line.name.strip()
    if organisation and deal.parties.filter(organisation=organisation).exists():
        raise Invalid(f"其他当事人“{name}”重复。", field="others")
    outside = PartyKind.FIRM if uscc else PartyKind.PERSON
    return DealParty(
        deal=deal,
        side=line.side,
        organisation=organisation,
        name=name,
        uscc=uscc,
        kind=party_kind(organisation) if organisation else outside,
        city_code=organisation.city_code if organisation else "",
        share=line.share,
    )


@transaction.atomic
def confirm_contract(*, deal_id: int, by: User) -> DealContract:
    """The receiver says that the contract stands as recorded."""
    deal = lock_deal(by, pk=deal_id)
    require_side(deal, by, Side.RECEIVER)
    require_state(deal, *SIGNED_STATES)
    contract = _contract(deal)
    if contract.confirmed_at:
        raise WrongState("合同已确认。")
    contract.confirmed_at, contract.confirmed_by = clock.now(), by
    contract.save(update_fields=["confirmed_at", "confirmed_by"])
    record(by=by, verb="确认合同", target=deal)
    announce(deal, "contract_confirmed")
    tell_other_side(deal, Side.RECEIVER, "patents.deal.contract_confirmed", f"交易 {deal.ref} 的合同已由对方确认")
    return contract


@transaction.atomic
def register_technical_contract(*, deal_id: int, by: User, number: str, file: File | None = None) -> DealContract:
    """Enter the registration number of the technical contract: the giver's business, once per contract."""
    deal = lock_deal(by, pk=deal_id)
    require_side(deal, by, Side.GIVER)
    require_state(deal, *SIGNED_STATES)
    contract = _contract(deal)
    plain = check_technical_number(number, digits=deal_rules.technical_number_digits(contract.signed_on))
    if contract.technical_contract_number:
        raise Conflict(f"技术合同已登记，编号 {contract.technical_contract_number}。", code="already_registered")
    if DealContract.objects.filter(technical_contract_number=plain).exists():
        raise Conflict("该技术合同登记编号已用于其他合同。", code="number_taken", field="technical_contract_number")
    if file:
        keep(deal, check_file(file, field="file"), kind=DocumentKind.TECHNICAL_CONTRACT, by=by)
    contract.technical_contract_number = plain
    contract.save(update_fields=["technical_contract_number"])
    record(by=by, verb="登记技术合同编号", target=deal, number=plain)
    publish("patents.deal.technical_contract_registered", key=deal.ref, deal_ref=deal.ref, number=plain)
    return contract


@transaction.atomic
def record_deal(*, deal_id: int, by: User, facts: RecordFacts, file: File | None) -> Deal:
    """Enter the record at CNIPA (transfer, licence), or at the company register (investment).

    A licence recorded after its 3 months is entered all the same; its page says how late it was.
    """
    deal = lock_deal(by, pk=deal_id)
    require_side(deal, by, Side.GIVER)
    require_state(deal, DealState.CONTRACT)
    if deal.kind == DealKind.OPEN_LICENCE:
        raise Conflict(f"本交易由开放许可产生，请在接受编号 {deal.origin_ref} 的页面登记备案。", code="open_licence")
    check_record(facts, signed_on=_contract(deal).signed_on)
    paper = check_file(file, field="file")
    move_deal(
        deal,
        DealState.RECORDED,
        by=by,
        record_number=facts.number.strip(),
        recorded_on=facts.recorded_on,
        effective_on=facts.effective_on,
    )
    keep(deal, paper, kind=DocumentKind.RECORD, by=by)
    record(by=by, verb="登记备案结果", target=deal, number=facts.number.strip(), recorded_on=str(facts.recorded_on))
    announce(deal, "recorded", recorded_on=str(facts.recorded_on), effective_on=str(facts.effective_on))
    what = "企业登记" if deal.kind == DealKind.INVESTMENT else "国家知识产权局登记（备案）"
    tell_other_side(deal, Side.GIVER, "patents.deal.recorded", f"交易 {deal.ref} 已完成{what}")
    if received_total(deal) > 0:
        move_deal(deal, DealState.PAYING, by=by)
    return deal


def _contract(deal: Deal) -> DealContract:
    contract = contract_of(deal)
    if contract is None:
        raise NotFound("该交易尚未签订合同。")
    return contract
