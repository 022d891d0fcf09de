"""Verbs of pre-filing evaluation. What an evaluation says goes into no event, notice or audit entry."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from patents.enums.prefiling import (
    ADOPTION_DOCUMENT,
    FILED,
    AdoptionState,
    Advice,
    InventorAnswer,
    Novelty,
    Ownership,
    PrefilingState,
    Secrecy,
)
from patents.models import PrefilingAdoption, PrefilingCase
from patents.numbers import parse_application_number
from patents.services.moves import lock, move, own_organisation, require_past, require_text
from patents.workflow.prefiling import ADOPTION_FLOW, PREFILING_FLOW
from portal import clock, refs
from portal.accounts.enums import OrganisationKind, Role
from portal.accounts.models import Organisation, User
from portal.attachments import services as attachments
from portal.attachments.models import Attachment
from portal.audit.services import record
from portal.errors import Conflict, Invalid, WrongState
from portal.notices.services import notify
from portal.outbox.services import publish

FULL = 100


@dataclass(frozen=True, slots=True)
class AdoptedRule:
    """The document by which an institution adopted the evaluation."""

    title: str
    document_number: str
    adopted_on: dt.date
    department: str


@transaction.atomic
def report_adoption(*, by: User, rule: AdoptedRule, file: Any, file_name: str) -> PrefilingAdoption:
    """Tell that the own university or institute has adopted the evaluation, with its document as evidence.

    After a return the same report is corrected.
    """
    institution = _institution(by)
    require_past(rule.adopted_on, "施行日", field="adopted_on")
    values = {
        "title": require_text(rule.title, "请填写制度名称。", field="title"),
        "document_number": rule.document_number.strip(),
        "adopted_on": rule.adopted_on,
        "department": require_text(rule.department, "请填写负责部门。", field="department"),
        "submitted_at": clock.now(),
    }
    standing = PrefilingAdoption.objects.select_for_update(of=("self",)).filter(organisation=institution).first()
    if standing is not None:
        adoption = standing
        move(adoption, ADOPTION_FLOW, AdoptionState.SUBMITTED, by=by, note="", **values)
    else:
        try:
            with transaction.atomic():
                adoption = PrefilingAdoption.objects.create(organisation=institution, **values)
        except IntegrityError as error:
            raise Conflict("本单位的制度刚刚已经提交。") from error
    attachments.attach(target=adoption, purpose=ADOPTION_DOCUMENT, file=file, file_name=file_name, by=by)
    record(by=by, verb="提交申请前评估制度", target=adoption, adopted_on=str(rule.adopted_on))
    publish("patents.prefiling_adoption.submitted", key=_key(institution), organisation_id=institution.pk)
    return adoption


@transaction.atomic
def confirm_adoption(*, adoption_id: int, by: User, note: str = "") -> PrefilingAdoption:
    """The province has seen the document: the institution counts for target T04 from its day of adoption."""
    adoption = lock(PrefilingAdoption, by, pk=adoption_id)
    move(
        adoption,
        ADOPTION_FLOW,
        AdoptionState.CONFIRMED,
        by=by,
        note=note.strip(),
        confirmed_at=clock.now(),
    )
    _tell_adoption(adoption, by, "已核实", note.strip())
    return adoption


@transaction.atomic
def return_adoption(*, adoption_id: int, by: User, note: str) -> PrefilingAdoption:
    """The document does not prove it, or was confirmed in error."""
    note = require_text(note, "请填写退回意见。", field="note")
    adoption = lock(PrefilingAdoption, by, pk=adoption_id)
    move(adoption, ADOPTION_FLOW, AdoptionState.RETURNED, by=by, note=note, confirmed_at=None)
    _tell_adoption(adoption, by, "退回修改", note)
    return adoption


@transaction.atomic
def disclose(*, by: User, title: str, inventor_names: str, disclosure: str, disclosed_on: dt.date) -> PrefilingCase:
    """Enter what inventors disclosed to their institution."""
    institution = _institution(by)
    title = require_text(title, "请填写技术名称。", field="title")
    inventors = require_text(inventor_names, "请填写发明人。", field="inventor_names")
    disclosure = require_text(disclosure, "请填写技术交底。", field="disclosure")
    require_past(disclosed_on, "交底日", field="disclosed_on")
    pk, ref = refs.reserve(PrefilingCase, "PG")
    case = PrefilingCase.objects.create(
        pk=pk,
        ref=ref,
        organisation=institution,
        title=title,
        inventor_names=inventors,
        disclosure=disclosure,
        disclosed_on=disclosed_on,
    )
    _trace(case, by)
    return case


@transaction.atomic
def attach_disclosure(*, case_id: int, by: User, file: Any, file_name: str) -> Attachment:
    """Add a drawing or text to an evaluation that runs; only the institution can open it."""
    case = _lock_own(case_id, by)
    if case.state == PrefilingState.CLOSED:
        raise WrongState("评估已经结束。")
    return attachments.attach(target=case, purpose="disclosure", file=file, file_name=file_name, by=by)


@transaction.atomic
def screen_case(*, case_id: int, by: User, secrecy: str, ownership: str, screening_note: str) -> PrefilingCase:
    """The check of secrecy and ownership. An invention of the inventor's own ends here: it is not to be decided."""
    case = _lock_own(case_id, by)
    _require_choice(secrecy, Secrecy, "secrecy")
    _require_choice(ownership, Ownership, "ownership")
    values = {"secrecy": secrecy, "ownership": ownership, "screening_note": screening_note.strip()}
    _move(case, PrefilingState.SCREENED, by, **values)
    if ownership == Ownership.INVENTOR:
        _move(case, PrefilingState.CLOSED, by, closed_on=clock.today())
    return case


@transaction.atomic
def search_case(*, case_id: int, by: User, search_scope: str, search_findings: str, novelty: str) -> PrefilingCase:
    """The search for what is known already."""
    case = _lock_own(case_id, by)
    scope = require_text(search_scope, "请填写检索范围和检索式。", field="search_scope")
    _require_choice(novelty, Novelty, "novelty")
    if novelty != Novelty.CLEAR:
        require_text(search_findings, "请列出影响新颖性的对比文献。", field="search_findings")
    _move(
        case,
        PrefilingState.SEARCHED,
        by,
        search_scope=scope,
        search_findings=search_findings.strip(),
        novelty=novelty,
    )
    return case


@transaction.atomic
def score_case(
    *, case_id: int, by: User, technical_score: int, market_score: int, legal_score: int, scoring_note: str
) -> PrefilingCase:
    """Points from 0 to 100 for technical, market and legal value; shown apart, never averaged."""
    case = _lock_own(case_id, by)
    scores = {"technical_score": technical_score, "market_score": market_score, "legal_score": legal_score}
    for name, value in scores.items():
        if not 0 <= value <= FULL:
            raise Invalid("应为 0 至 100 的整数。", field=name)
    note = require_text(scoring_note, "请填写评分说明。", field="scoring_note")
    _move(case, PrefilingState.SCORED, by, **scores, scoring_note=note)
    return case


@transaction.atomic
def advise_case(*, case_id: int, by: User, advice: str, advice_reason: str) -> PrefilingCase:
    """What the evaluation advises, with the reason."""
    case = _lock_own(case_id, by)
    _require_way(case, advice, "advice")
    reason = require_text(advice_reason, "请填写建议理由。", field="advice_reason")
    _move(case, PrefilingState.ADVISED, by, advice=advice, advice_reason=reason)
    return case


@transaction.atomic
def decide_case(*, case_id: int, by: User, decision: str, decision_reason: str, decided_on: dt.date) -> PrefilingCase:
    """What the institution decides; a decision against the advice needs its reason."""
    case = _lock_own(case_id, by)
    PREFILING_FLOW.require(case.state, PrefilingState.DECIDED, actor=by)
    _require_way(case, decision, "decision")
    require_past(decided_on, "决定日", field="decided_on")
    if decided_on < case.disclosed_on:
        raise Invalid("决定日不能早于交底日。", field="decided_on")
    if decision != case.advice:
        require_text(decision_reason, "决定与建议不同，请填写理由。", field="decision_reason")
    _move(
        case,
        PrefilingState.DECIDED,
        by,
        decision=decision,
        decision_reason=decision_reason.strip(),
        decided_on=decided_on,
    )
    return case


@transaction.atomic
def record_filing(*, case_id: int, by: User, filed_number: str) -> PrefilingCase:
    """The application was filed under this number: the evaluation ends."""
    case = _lock_own(case_id, by)
    if case.decision not in FILED:
        raise WrongState("单位决定不申请专利，不能登记申请号。")
    try:
        number = parse_application_number(filed_number.strip())
    except Invalid as error:
        raise Invalid(error.message, field="filed_number") from error
    _move(case, PrefilingState.CLOSED, by, filed_number=number.value, closed_on=clock.today())
    return case


@transaction.atomic
def offer_to_inventors(*, case_id: int, by: User, offered_on: dt.date) -> PrefilingCase:
    """What is not filed may be offered to its inventors (RULES section 11); a state secret may not."""
    case = _lock_own(case_id, by)
    PREFILING_FLOW.require(case.state, PrefilingState.OFFERED, actor=by)
    if case.decision in FILED:
        raise WrongState("单位决定申请专利，不需要征询发明人。")
    if case.secrecy == Secrecy.STATE_SECRET:
        raise WrongState("涉及国家秘密，不能让与发明人。")
    require_past(offered_on, "征询日", field="offered_on")
    _move(case, PrefilingState.OFFERED, by, offered_on=offered_on)
    return case


@transaction.atomic
def close_case(*, case_id: int, by: User, inventor_answer: str = "") -> PrefilingCase:
    """End an evaluation whose invention is not filed; after an offer with the inventors' answer."""
    case = _lock_own(case_id, by)
    PREFILING_FLOW.require(case.state, PrefilingState.CLOSED, actor=by)
    if case.state == PrefilingState.OFFERED:
        _require_choice(inventor_answer, InventorAnswer, "inventor_answer")
    elif case.decision in FILED:
        raise WrongState("单位决定申请专利，请登记申请号。")
    elif case.state != PrefilingState.DECIDED:
        raise WrongState("评估还没有作出决定。")
    else:
        inventor_answer = ""
    _move(case, PrefilingState.CLOSED, by, inventor_answer=inventor_answer, closed_on=clock.today())
    return case


def _institution(by: User) -> Organisation:
    institution = own_organisation(by, Role.HOLDER)
    if institution.kind not in (OrganisationKind.UNIVERSITY, OrganisationKind.INSTITUTE):
        raise Invalid("申请前评估由高校和科研院所建立。", code="not_eligible")
    return institution


def _lock_own(case_id: int, by: User) -> PrefilingCase:
    return lock(PrefilingCase, by, pk=case_id)


def _require_choice(value: str, choices: Any, field: str) -> None:
    if value not in choices.values:
        raise Invalid("请从列出的选项中选择。", field=field)


def _require_way(case: PrefilingCase, way: str, field: str) -> None:
    _require_choice(way, Advice, field)
    # Patent law art. 4: inventions that concern state secrets are filed by rules of their own, outside this portal.
    if case.secrecy == Secrecy.STATE_SECRET and way not in (Advice.KEEP_SECRET, Advice.DROP):
        raise Invalid("涉及国家秘密的技术不能在本平台决定公开或申请，请按保密专利的规定办理。", field=field)


def _move(case: PrefilingCase, to: PrefilingState, by: User, **values: Any) -> None:
    move(case, PREFILING_FLOW, to, by=by, **values)
    _trace(case, by)


def _trace(case: PrefilingCase, by: User) -> None:
    """The number and the step, nothing of what it says."""
    record(by=by, verb=PrefilingState(case.state).label, target=case)
    publish(
        f"patents.prefiling.{case.state}",
        key=case.ref,
        case_ref=case.ref,
        organisation_id=case.organisation_id,
    )


def _tell_adoption(adoption: PrefilingAdoption, by: User, what: str, note: str) -> None:
    record(by=by, verb=f"申请前评估制度{what}", target=adoption, note=note)
    publish(
        f"patents.prefiling_adoption.{adoption.state}",
        key=_key(adoption.organisation),
        organisation_id=adoption.organisation_id,
    )
    notify(
        recipient=adoption.organisation,
        kind="patents.prefiling_adoption",
        title=f"申请前评估制度{what}",
        body=note,
        link=reverse("patents:prefiling"),
    )


def _key(institution: Organisation) -> str:
    return f"organisation:{institution.pk}"
