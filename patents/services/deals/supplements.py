"""A signed contract is changed by a supplement: the giver enters it, the receiver confirms, and then it holds."""

from decimal import Decimal

from django.core.files.base import File
from django.db import transaction

from patents.checks.deals import check_text
from patents.checks.supplements import check_supplement
from patents.enums.deals import RUNNING_STATES, DealKind, DocumentKind, MoneyKind, Side, SupplementState
from patents.models import ContractSupplement, Deal, DealContract, Patent, PaymentPlanLine
from patents.policy.deal_terms import ContractTerms, PlanLine, SupplementTerms
from patents.policy.deals import Finding, blocking
from patents.queries.deals import contract_of, findings_for, received_by_kind
from patents.services.deals.documents import check_file, keep
from patents.services.deals.moves import announce, lock_deal, require_side, require_state, tell_other_side
from patents.workflow.deals import SUPPLEMENT_FLOW
from portal import clock
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Conflict, NotFound

_OF_PRICE = frozenset(
    {"publicity_missing", "publicity_running", "objection_open", "objection_upheld", "publicity_price"}
)
_OF_TERM = frozenset(
    {
        "not_in_force", "expired", "term_beyond_right", "frozen", "disputed", "co_owner", "pledged",
        "licence_conflict", "open_licence",
    }
)  # fmt: skip


@transaction.atomic
def propose_supplement(*, deal_id: int, by: User, terms: SupplementTerms, file: File | None) -> ContractSupplement:
    """The giver enters a signed supplement. Nothing changes until the receiving side confirms it.

    Raises:
        Invalid: it changes nothing, or its figures contradict the contract or the money received.
        Conflict: another waits for its answer, or a condition of the law is not met (price not public, term too long).
    """
    deal, contract = _lock(deal_id, by, Side.GIVER)
    check_supplement(terms, contract, received=_fixed_received(deal))
    paper = check_file(file, field="file")
    if contract.supplements.filter(state=SupplementState.PROPOSED).exists():
        raise Conflict("已有一份补充协议待对方确认，请等待答复或先撤回。", code="supplement_waits")
    _refuse_unmet(deal, contract, terms)
    made = ContractSupplement.objects.create(
        contract=contract,
        number=terms.number.strip(),
        signed_on=terms.signed_on,
        reason=terms.reason.strip(),
        value_before=contract.value_amount if terms.value_amount is not None else None,
        value_after=terms.value_amount,
        valid_to_before=contract.valid_to if terms.valid_to else None,
        valid_to_after=terms.valid_to,
        document=keep(deal, paper, kind=DocumentKind.SUPPLEMENT, by=by),
        proposed_by=by,
    )
    PaymentPlanLine.objects.bulk_create(
        PaymentPlanLine(
            contract=contract,
            supplement=made,
            is_current=False,
            due_on=line.due_on,
            amount=line.amount,
            condition=line.condition[:200],
        )
        for line in terms.plan
    )
    record(by=by, verb="登记补充协议", target=deal, note=made.reason, number=made.number)
    announce(deal, "supplement_proposed", supplement_id=made.pk)
    title = f"交易 {deal.ref} 登记了补充协议 {made.number}，请核对并确认"
    tell_other_side(deal, Side.GIVER, "patents.deal.supplement_proposed", title, made.reason)
    return made


@transaction.atomic
def confirm_supplement(*, deal_id: int, by: User) -> ContractSupplement:
    """The receiver agrees: contract and plan follow. What may stand against it is asked once more."""
    deal, contract = _lock(deal_id, by, Side.RECEIVER)
    waiting = _waiting(contract)
    plan = [PlanLine(line.due_on, line.amount, line.condition) for line in waiting.plan.all()]
    terms = SupplementTerms(
        waiting.number, waiting.signed_on, waiting.reason, waiting.value_after, waiting.valid_to_after, plan
    )
    check_supplement(terms, contract, received=_fixed_received(deal))
    _refuse_unmet(deal, contract, terms)
    _answer(waiting, SupplementState.CONFIRMED, by)
    if waiting.value_after is not None:
        contract.value_amount = waiting.value_after
    if waiting.valid_to_after is not None:
        contract.valid_to = waiting.valid_to_after
    contract.save(update_fields=["value_amount", "valid_to"])
    if plan:
        contract.plan.filter(is_current=True).update(is_current=False)
        waiting.plan.update(is_current=True)
    before, after = _told(waiting.value_before), _told(waiting.value_after)
    record(
        by=by, verb="确认补充协议", target=deal, number=waiting.number, value_before=before, value_after=after,
        valid_to=str(waiting.valid_to_after or ""),
    )  # fmt: skip
    announce(
        deal, "contract_amended", supplement_id=waiting.pk, signed_on=str(waiting.signed_on), value_before=before,
        value_after=after,
    )  # fmt: skip
    title = f"交易 {deal.ref} 的补充协议 {waiting.number} 已由对方确认，现在生效"
    tell_other_side(deal, Side.RECEIVER, "patents.deal.contract_amended", title)
    return waiting


@transaction.atomic
def refuse_supplement(*, deal_id: int, by: User, reason: str) -> ContractSupplement:
    """The receiver does not agree, and says why; the contract stays as it was."""
    deal, contract = _lock(deal_id, by, Side.RECEIVER)
    why = check_text(reason, field="reason", label="原因", limit=300)
    waiting = _waiting(contract)
    _answer(waiting, SupplementState.REFUSED, by, why)
    record(by=by, verb="不同意补充协议", target=deal, note=why, number=waiting.number)
    announce(deal, "supplement_refused", supplement_id=waiting.pk)
    title = f"交易 {deal.ref} 的补充协议 {waiting.number} 对方未同意"
    tell_other_side(deal, Side.RECEIVER, "patents.deal.supplement_refused", title, why)
    return waiting


@transaction.atomic
def withdraw_supplement(*, deal_id: int, by: User, reason: str) -> ContractSupplement:
    """The giver takes a supplement back that was not answered yet."""
    deal, contract = _lock(deal_id, by, Side.GIVER)
    why = check_text(reason, field="reason", label="原因", limit=300)
    waiting = _waiting(contract)
    _answer(waiting, SupplementState.WITHDRAWN, by, why)
    record(by=by, verb="撤回补充协议", target=deal, note=why, number=waiting.number)
    announce(deal, "supplement_withdrawn", supplement_id=waiting.pk)
    title = f"交易 {deal.ref} 的补充协议 {waiting.number} 已撤回"
    tell_other_side(deal, Side.GIVER, "patents.deal.supplement_withdrawn", title, why)
    return waiting


def withdraw_waiting(deal: Deal, *, by: User) -> None:
    """A supplement that nobody answered ends with its deal; runs inside the ending's transaction."""
    rows = ContractSupplement.objects.filter(contract__deal=deal, state=SupplementState.PROPOSED)
    for waiting in rows.order_by("pk"):
        _answer(waiting, SupplementState.WITHDRAWN, by, "交易终止")


def _lock(deal_id: int, by: User, side: Side) -> tuple[Deal, DealContract]:
    deal = lock_deal(by, pk=deal_id)
    require_side(deal, by, side)
    require_state(deal, *RUNNING_STATES)
    if deal.kind == DealKind.OPEN_LICENCE:
        raise Conflict("开放许可的条件以公告为准，不能以补充协议变更。", code="open_licence")
    contract = contract_of(deal)
    if contract is None:
        raise NotFound("该交易尚未签订合同。")
    return deal, contract


def _waiting(contract: DealContract) -> ContractSupplement:
    found = contract.supplements.filter(state=SupplementState.PROPOSED).first()
    if found is None:
        raise NotFound("没有待确认的补充协议。")
    return found


def _answer(supplement: ContractSupplement, to: SupplementState, by: User, note: str = "") -> None:
    SUPPLEMENT_FLOW.require(supplement.state, to, actor=by)
    supplement.state, supplement.answered_by, supplement.answered_at = to, by, clock.now()
    supplement.answer_note = note
    supplement.save(update_fields=["state", "answered_by", "answered_at", "answer_note"])


def _fixed_received(deal: Deal) -> Decimal:
    """What came in of the contract's value: royalties stand beside it."""
    by_kind = received_by_kind(deal)
    return by_kind.get(MoneyKind.PRICE, Decimal(0)) + by_kind.get(MoneyKind.SHARES, Decimal(0))


def _refuse_unmet(deal: Deal, contract: DealContract, terms: SupplementTerms) -> None:
    """The conditions of a contract that the change touches are judged as if it were signed so on that day."""
    concerned = (_OF_PRICE if terms.value_amount is not None else frozenset()) | (
        _OF_TERM if _is_longer(terms, contract) else frozenset()
    )
    if not concerned:
        return
    # As with the contract itself: a second exclusive licence waits here and then sees the first.
    list(Patent.objects.select_for_update(no_key=True).filter(deals=deal).order_by("pk").values_list("pk"))
    against = [one for one in blocking(_findings(deal, contract, terms)) if one.code in concerned]
    if against:
        told = "；".join(f"{finding.fact}（{finding.article}）" for finding in against)
        raise Conflict(f"不能变更：{told}。", code="conditions_not_met")


def _is_longer(terms: SupplementTerms, contract: DealContract) -> bool:
    return terms.valid_to is not None and contract.valid_to is not None and terms.valid_to > contract.valid_to


def _findings(deal: Deal, contract: DealContract, terms: SupplementTerms) -> list[Finding]:
    as_signed_now = ContractTerms(
        number=contract.number,
        signed_on=terms.signed_on,
        valid_from=contract.valid_from,
        pricing=contract.pricing,
        price_way=contract.price_way,
        valid_to=terms.valid_to or contract.valid_to,
        value_amount=terms.value_amount if terms.value_amount is not None else contract.value_amount,
        valuation_amount=contract.valuation_amount,
    )
    return findings_for(deal, as_signed_now, has_valuation_document=contract.valuation_amount is not None)


def _told(amount: Decimal | None) -> str | None:
    return str(amount) if amount is not None else None
