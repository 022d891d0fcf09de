"""What the firm does with its claims: confirm, apply, withdraw."""

import re
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from patents.services.moves import lock, move, own_organisation
from portal import clock, crypto, refs
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.attachments import services as attachments
from portal.attachments.models import Attachment
from portal.audit.services import record
from portal.errors import Conflict, Invalid, WrongState
from portal.outbox.services import publish
from portal.policy.facts import Facts
from portal.regions import city_of
from subsidies.enums import WITH_FIRM, ClaimSource, ClaimState, RoundState, RuleKind
from subsidies.models import Claim, Round
from subsidies.policy.simple import INSURANCE_KINDS
from subsidies.queries import rules
from subsidies.queries.documents import documents_of
from subsidies.services.claims import compute_claim, lock_firm, lock_with_firm, require_own, require_payable
from subsidies.services.ledger import match_claim
from subsidies.workflow import CLAIM_FLOW

_ACCOUNT = re.compile(r"[0-9]{8,30}")
EDITABLE = WITH_FIRM | {ClaimState.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Account:
    """Where the money goes: the firm's own account, whose name is the firm's."""

    bank_name: str
    number: str


@dataclass(frozen=True, slots=True)
class Application:
    """What a firm says it paid. `number` is its policy's or invoice's number: one claim each."""

    number: str
    paid: Any
    paid_on: Any
    insurance: str = ""
    uplift: bool = False


@transaction.atomic
def confirm_claim(*, claim_id: int, by: User, account: Account, consent: bool) -> Claim:
    """The firm confirms account and facts and hands the claim in; it is computed anew first.

    Raises:
        Invalid: no consent, an account number that is none, a fact that lacks, or a result that cannot be paid.
        Conflict: documents that the version asks for are missing.
    """
    own_organisation(by, Role.SME, Role.HOLDER)
    claim = lock_with_firm(claim_id, by)
    require_own(claim, by)
    CLAIM_FLOW.require(claim.state, ClaimState.SUBMITTED, actor=by)
    if not consent:
        raise Invalid("请确认所列事实属实并同意公示。", field="consent")
    number = "".join(account.number.split()).replace("-", "")
    if not _ACCOUNT.fullmatch(number):
        raise Invalid("收款账号应为 8 至 30 位数字。", field="number")
    if not account.bank_name.strip():
        raise Invalid("请填写开户银行。", field="bank_name")
    match_claim(claim)
    compute_claim(claim_id=claim.pk, by=by)
    claim.refresh_from_db()
    require_payable(claim)
    _require_documents(claim)
    was_returned = claim.state == ClaimState.RETURNED
    move(
        claim,
        CLAIM_FLOW,
        ClaimState.SUBMITTED,
        by=by,
        bank_name=account.bank_name.strip()[:100],
        account_name=claim.organisation.name,
        account_encrypted=crypto.encrypt(number),
        account_tail=number[-4:],
        consented_at=clock.now(),
        consented_by=by,
        submitted_at=clock.now(),
        due_on=None,
        city_by=None,
        province_by=None,
        finance_by=None,
    )
    claim.comments.filter(resolved_at__isnull=True).update(resolved_at=clock.now())
    record(by=by, verb="补正后再次提交" if was_returned else "确认并提交申领", target=claim, amount=str(claim.amount))
    publish("subsidies.claim.submitted", key=claim.ref, claim_ref=claim.ref)
    return claim


def _require_documents(claim: Claim) -> None:
    """What only the firm has must be attached, each document that the version lists; where it lists none, some proof."""
    listed = documents_of(claim)
    if lacking := [document.name for document in listed if document.is_required and not document.is_there]:
        raise Conflict(f"请先上传：{'、'.join(lacking)}。", code="documents_missing")
    if claim.source == ClaimSource.APPLIED and not listed and not Attachment.objects.of(claim).exists():
        raise Conflict("请先上传付款凭证等材料。", code="documents_missing")


@transaction.atomic
def save_application(*, by: User, round_id: int, application: Application, claim_id: int | None = None) -> Claim:
    """Write a draft in an open round, or change the own one; it is computed at once.

    Raises:
        WrongState: the round is not open.
        Conflict: the policy or invoice is claimed already.
    """
    firm = own_organisation(by, Role.SME, Role.HOLDER)
    found = Round.objects.filter(pk=round_id).first()
    today = clock.today()
    if found is None or found.state != RoundState.OPEN or not found.opens_on <= today <= found.closes_on:
        raise WrongState("该批次现在不受理申报。")
    if application.paid_on > today:
        raise Invalid("付款日不能晚于今天。", field="paid_on")
    rule = rules.rule_for(found.kind, application.paid_on, city_of(firm.city_code))
    if rule is None:
        raise Invalid("付款日没有适用于本市的规则版本。", field="paid_on", code="no_rule")
    given = given_facts(found.kind, application)
    lock_firm(firm.pk)
    fields = {
        "rule": rule,
        "subject": f"{found.get_kind_display()}：{application.number}",
        "given": given,
        "object_key": f"given:{firm.pk}:{application.number.strip()}"[:100],
        "year": found.year,
    }
    claim = _changed(claim_id, by, fields) if claim_id else _created(found, by, fields)
    record(by=by, verb="保存申报草稿", target=claim, number=application.number)
    compute_claim(claim_id=claim.pk, by=by)
    claim.refresh_from_db()
    return claim


def _created(found: Round, by: User, fields: dict[str, Any]) -> Claim:
    firm = own_organisation(by, Role.SME, Role.HOLDER)
    pk, ref = refs.reserve(Claim, "BT")
    try:
        with transaction.atomic():
            return Claim.objects.create(
                pk=pk,
                ref=ref,
                kind=found.kind,
                round=found,
                organisation=firm,
                city_code=city_of(firm.city_code),
                source=ClaimSource.APPLIED,
                state=ClaimState.DRAFT,
                **fields,
            )
    except IntegrityError as error:
        raise Conflict("该保单或发票已经申报，不能重复申报。", field="number", code="claimed_already") from error


def _changed(claim_id: int, by: User, fields: dict[str, Any]) -> Claim:
    claim = lock(Claim, by, pk=claim_id, source=ClaimSource.APPLIED)
    require_own(claim, by)
    if claim.state not in EDITABLE:
        raise WrongState(f"当前状态为“{claim.get_state_display()}”，不能修改。")
    for name, value in fields.items():
        setattr(claim, name, value)
    try:
        with transaction.atomic():
            claim.save(update_fields=[*fields, "updated_at"])
    except IntegrityError as error:
        raise Conflict("该保单或发票已经申报，不能重复申报。", field="number", code="claimed_already") from error
    return claim


def given_facts(kind: str, application: Application) -> dict[str, Any]:
    """What the firm said, in the form of `compute_subsidy`. Raises Invalid naming the field of the form."""
    paid = {"paid": str(application.paid)}
    Facts(paid).money("paid")
    if not application.number.strip():
        raise Invalid("请填写保单号或发票号。", field="number")
    day = {"number": application.number.strip(), "paid_on": str(application.paid_on)}
    if kind == RuleKind.EVALUATION_FEE:
        return {"fee": paid | day}
    if kind == RuleKind.LOAN_PREMIUM:
        return {"premium": paid | day}
    if application.insurance not in INSURANCE_KINDS:
        raise Invalid("请选择保险种类。", field="insurance")
    return {"premium": paid | day | {"kind": application.insurance, "uplift": application.uplift}}


@transaction.atomic
def attach_document(*, claim_id: int, by: User, purpose: str, file: Any, file_name: str) -> Any:
    """Add a document while the claim is with the firm."""
    claim = lock(Claim, by, pk=claim_id)
    require_own(claim, by)
    if claim.state not in EDITABLE:
        raise WrongState("申领已经提交，不能再上传材料。")
    return attachments.attach(target=claim, purpose=purpose, file=file, file_name=file_name, by=by)


@transaction.atomic
def withdraw_claim(*, claim_id: int, by: User, note: str = "") -> Claim:
    """The firm takes its claim back before money is held for it; it may take it up again later."""
    claim = lock(Claim, by, pk=claim_id)
    require_own(claim, by)
    move(claim, CLAIM_FLOW, ClaimState.WITHDRAWN, by=by, due_on=None)
    record(by=by, verb="撤回申领", target=claim, note=note.strip())
    publish("subsidies.claim.withdrawn", key=claim.ref, claim_ref=claim.ref)
    return claim
