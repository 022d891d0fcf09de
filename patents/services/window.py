"""Verbs of the registration window: the applicant's and the agency's."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from patents.checks.window import check_filing, check_patents
from patents.enums import EventCode, SourceKind
from patents.enums.deals import DealState
from patents.enums.window import CASE_EDITABLE, CASE_OPEN, Agency, CaseKind, CaseState
from patents.models import Patent, WindowCase
from patents.policy import window as policy
from patents.policy.deals import blocking
from patents.policy.events import EventFacts
from patents.queries import window as queries
from patents.services.legal import record_events
from patents.services.legal_writing import Announced, Source
from patents.services.moves import lock, move, own_organisation, require_past, require_text, rule_on
from patents.workflow.window import CASE_FLOW
from portal import clock, refs
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.attachments import services as attachments
from portal.attachments.models import Attachment
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, WrongState
from portal.notices.services import notify
from portal.outbox.services import publish
from portal.working_days import CalendarUnknown, add_working_days

WINDOW_RULE = "registration_window"
_CODES = {CaseKind.TRANSFER: EventCode.TR01, CaseKind.LICENCE: EventCode.EE01, CaseKind.PLEDGE: EventCode.PE01}


@dataclass(frozen=True, slots=True)
class Filing:
    """What an applicant files."""

    kind: str
    channel: str
    agency: str
    counterpart_name: str
    counterpart_uscc: str
    contract_on: dt.date
    has_agent: bool
    has_valuation: bool
    is_co_owned: bool
    is_pledged: bool
    numbers: tuple[str, ...]
    licence_kind: str = ""
    licence_until: dt.date | None = None
    secured_amount: Decimal | None = None

    def values(self) -> dict[str, Any]:
        """The columns, without the patents."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "numbers"}


@transaction.atomic
def open_case(*, by: User, filing: Filing) -> WindowCase:
    """Start a draft for the organisation of `by`, which must be the registered holder of the patents."""
    owner = own_organisation(by, Role.SME, Role.HOLDER)
    check_filing(filing)
    patents = check_patents(filing.numbers, kind=filing.kind, owner=owner)
    pk, ref = refs.reserve(WindowCase, "CK")
    case = WindowCase(pk=pk, ref=ref, organisation=owner, **filing.values())
    _read_rights(case, patents)
    case.save(force_insert=True)
    _choose(case, patents)
    record(by=by, verb="新建登记事项", target=case, kind=filing.kind, numbers=list(filing.numbers))
    return case


@transaction.atomic
def change_case(*, case_id: int, by: User, filing: Filing) -> WindowCase:
    """Change a draft, or a case that needs correction. Its kind and agency stay once it was handed in."""
    owner = own_organisation(by, Role.SME, Role.HOLDER)
    case = lock(WindowCase, by, pk=case_id)
    _require_editable(case)
    if case.submitted_at and (filing.kind, filing.agency) != (case.kind, case.agency):
        raise Invalid("提交后不能更改事项和办理机构；请撤回后重新申请。", field="kind")
    check_filing(filing)
    patents = check_patents(filing.numbers, kind=filing.kind, owner=owner)
    for name, value in filing.values().items():
        setattr(case, name, value)
    _read_rights(case, patents)
    case.save()
    _choose(case, patents)
    record(by=by, verb="修改登记事项", target=case, numbers=list(filing.numbers))
    return case


@transaction.atomic
def attach_document(*, case_id: int, by: User, purpose: str, file: Any, file_name: str) -> Attachment:
    """Add a document that the case needs, while the case is with the applicant."""
    case = lock(WindowCase, by, pk=case_id)
    own_organisation(by, Role.SME, Role.HOLDER)
    _require_editable(case)
    if purpose not in {one.code for one in queries.requirements(case)}:
        raise Invalid("本事项不需要这种材料。", field="purpose")
    return attachments.attach(target=case, purpose=purpose, file=file, file_name=file_name, by=by)


@transaction.atomic
def remove_document(*, case_id: int, by: User, attachment_id: int) -> None:
    """Take a document away again, while the case is with the applicant."""
    case = lock(WindowCase, by, pk=case_id)
    own_organisation(by, Role.SME, Role.HOLDER)
    _require_editable(case)
    attachments.remove(target=case, attachment_id=attachment_id, by=by)


@transaction.atomic
def submit_case(*, case_id: int, by: User) -> WindowCase:
    """Hand a complete case to the agency; the clock starts, or goes on after a correction.

    The rule in force on the day of the first hand-in says which documents it needs, whether it takes the green
    channel and how many working days it may take. Its patents are in no other open case of the kind from here on.

    Raises:
        Invalid: documents are missing, or a patent can no longer be registered so.
        Conflict: a patent is in another open case of the kind.
    """
    case = lock(WindowCase, by, pk=case_id)
    CASE_FLOW.require(case.state, CaseState.SUBMITTED, actor=by)
    patents = check_patents(tuple(queries.numbers_of(case)), kind=case.kind, owner=case.organisation)
    _read_rights(case, patents)
    _refuse_blocked(case)
    today = clock.today()
    rule = case.rule or rule_on(WINDOW_RULE, today, "登记窗口")
    case.rule = rule
    if missing := queries.missing_of(case):
        raise Invalid(f"还缺材料：{'、'.join(one.label for one in missing)}。", code="documents_missing")
    _hold(case)
    facts = queries.facts_of(case)
    ground = policy.green_ground(rule.parameters, facts)
    allowed = policy.allowed_days(rule.parameters, kind=case.kind, channel=case.channel, is_green=bool(ground))
    _move(
        case,
        CaseState.SUBMITTED,
        by=by,
        is_co_owned=case.is_co_owned,
        is_pledged=case.is_pledged,
        rule=rule,
        green_ground=ground,
        allowed_days=allowed,
        due_on=_due_on(case, allowed, today),
        submitted_at=case.submitted_at or clock.now(),
        note="",
    )
    return case


@transaction.atomic
def withdraw_case(*, case_id: int, by: User) -> WindowCase:
    """The applicant takes a case back that the agency has not accepted."""
    case = lock(WindowCase, by, pk=case_id)
    _move(case, CaseState.WITHDRAWN, by=by)
    _release(case)
    return case


@transaction.atomic
def accept_case(*, case_id: int, by: User, note: str = "") -> WindowCase:
    """The agency has checked the documents and accepts."""
    case = _lock_at_window(case_id, by)
    _move(case, CaseState.ACCEPTED, by=by, note=note.strip())
    _tell(case, "已受理", note.strip() or "材料齐全，窗口已受理。")
    return case


@transaction.atomic
def ask_correction(*, case_id: int, by: User, note: str) -> WindowCase:
    """The agency, or the office through it, asks for a correction; the clock stands still until it comes."""
    note = require_text(note, "请写明需要补正的内容。", field="note")
    case = _lock_at_window(case_id, by)
    _move(case, CaseState.CORRECTION, by=by, note=note)
    _tell(case, "需要补正", note)
    return case


@transaction.atomic
def refuse_case(*, case_id: int, by: User, note: str) -> WindowCase:
    """The case is not registered, for a reason of the office's rules."""
    note = require_text(note, "请写明不予办理的理由。", field="note")
    case = _lock_at_window(case_id, by)
    _move(case, CaseState.REFUSED, by=by, note=note)
    _release(case)
    _tell(case, "不予办理", note)
    return case


@transaction.atomic
def hand_over(*, case_id: int, by: User, on: dt.date, receipt_number: str) -> WindowCase:
    """The accepted case went to the office on a day, under the office's receipt number: the window's clock ends."""
    case = _lock_at_window(case_id, by)
    receipt_number = require_text(receipt_number, "请填写国家知识产权局受理号。", field="receipt_number")
    _require_day(case, on)
    _move(case, CaseState.HANDED_OVER, by=by, on=on, handed_over_on=on, receipt_number=receipt_number)
    _tell(case, "已转国家知识产权局", f"受理号 {receipt_number}。")
    return case


@transaction.atomic
def register_case(*, case_id: int, by: User, registration_number: str, registered_on: dt.date) -> WindowCase:
    """The office has registered: its number and the day of effect are kept, and each patent's register follows.

    The legal event (transfer, licence or pledge) goes the way of every other, so that search, finance and the
    holder see it; the case is registered with all of its patents or not at all.
    """
    case = _lock_at_window(case_id, by)
    number = require_text(registration_number, "请填写登记（备案）号。", field="registration_number")
    _require_day(case, registered_on, field="registered_on")
    if WindowCase.objects.filter(registration_number=number).exists():
        raise Conflict("该登记（备案）号已登记在另一事项上，请核对。", field="registration_number")
    try:
        with transaction.atomic():
            _move(
                case,
                CaseState.REGISTERED,
                by=by,
                on=registered_on,
                registration_number=number,
                registered_on=registered_on,
            )
    except IntegrityError as error:
        raise Conflict("该登记（备案）号刚刚登记在另一事项上，请核对。", field="registration_number") from error
    _record_events(case, by)
    _release(case)
    signed = queries.deals_of(case).filter(state=DealState.CONTRACT).first()
    hint = f"请据此在交易 {signed.ref} 登记备案结果。" if signed and case.kind != CaseKind.PLEDGE else ""
    _tell(case, "已登记", f"登记（备案）号 {number}，{registered_on} 生效。{hint}")
    return case


@transaction.atomic
def chase_case(*, case_id: int, by: User, note: str) -> WindowCase:
    """An official presses whoever has the case: the applicant for a correction, else the agency or the office."""
    note = require_text(note, "请写明催办内容。", field="note")
    case = lock(WindowCase, by, pk=case_id)
    if by.role not in (Role.CITY, Role.PROVINCE):
        raise NotAllowed("只有管理人员可以催办。")
    if case.state not in CASE_OPEN:
        raise WrongState(f"当前状态为“{case.get_state_display()}”，不需要催办。")
    case.chased_on, case.chase_count = clock.today(), case.chase_count + 1
    case.save(update_fields=["chased_on", "chase_count", "updated_at"])
    record(by=by, verb="催办登记事项", target=case, note=note)
    publish("patents.window.chased", key=case.ref, case_ref=case.ref, state=case.state)
    if case.state == CaseState.CORRECTION:
        _tell(case, "请尽快补正", note)
    return case


def _record_events(case: WindowCase, by: User) -> None:
    facts = {name: value for name, value in _gazette_facts(case).items() if value}
    event = EventFacts(
        _CODES[CaseKind(case.kind)], case.registered_on or clock.today(), case.registration_number, facts
    )
    keys = case.items.order_by("patent_id").values_list("patent_id", flat=True)
    done = record_events([Announced(key, event) for key in keys], source=Source(SourceKind.WINDOW, by))
    if done.refused:
        announced, refusal = done.refused[0]
        number = Patent.objects.get(pk=announced.patent_id).display_number
        raise Conflict(f"{number}：{refusal.message}", code=refusal.code, field="registered_on")


def _gazette_facts(case: WindowCase) -> dict[str, str]:
    """What the register says of the right, in the names of the gazette."""
    own, other = case.organisation.name, case.counterpart_name
    if case.kind == CaseKind.TRANSFER:
        return {"transferor": own, "transferee": other}
    if case.kind == CaseKind.PLEDGE:
        return {"pledgor": own, "pledgee": other, "secured_amount": str(case.secured_amount or "")}
    return {
        "licence_kind": case.licence_kind,
        "licensor": own,
        "licensee": other,
        "valid_until": str(case.licence_until or ""),
    }


def _read_rights(case: WindowCase, patents: list[Patent]) -> None:
    """What the portal knows of the patents decides the documents, whatever the applicant ticked."""
    case.is_co_owned = case.is_co_owned or any(queries.is_co_owned(patent) for patent in patents)
    case.is_pledged = case.is_pledged or queries.is_pledged(patents)


def _refuse_blocked(case: WindowCase) -> None:
    if against := blocking(queries.findings_of(case)):
        told = "；".join(f"{finding.fact}（{finding.article}）" for finding in against)
        raise Conflict(f"现在不能提交：{told}。", code="blocked")


def _lock_at_window(case_id: int, by: User) -> WindowCase:
    case = lock(WindowCase, by, pk=case_id)
    if by.role == Role.CITY and case.agency != by.city_code:
        raise NotAllowed(f"该事项由{Agency(case.agency).label}办理，您可以查看和催办。")
    return case


def _require_editable(case: WindowCase) -> None:
    if case.state not in CASE_EDITABLE:
        raise WrongState(f"当前状态为“{case.get_state_display()}”，不能修改。")


def _require_day(case: WindowCase, on: dt.date, *, field: str = "on") -> None:
    require_past(on, "日期", field=field)
    last = case.moves.order_by("-id").values_list("on", flat=True).first()
    if last and on < last:
        raise Invalid(f"日期不能早于上一步的日期 {last}。", field=field)


def _due_on(case: WindowCase, allowed: int, today: dt.date) -> dt.date | None:
    """The last day of what is left of the allowed time; None when the calendar does not reach that far."""
    try:
        used = policy.days_used(queries.moves_of(case), today)
        return add_working_days(today, max(allowed - used, 0))
    except CalendarUnknown:
        return None


def _choose(case: WindowCase, patents: list[Patent]) -> None:
    case.items.all().delete()
    case.items.model.objects.bulk_create(case.items.model(case=case, patent=patent) for patent in patents)


def _hold(case: WindowCase) -> None:
    # Several may hold a licence at a time; a patent is transferred or pledged once.
    if case.kind == CaseKind.LICENCE:
        return
    try:
        with transaction.atomic():
            case.items.update(exclusive_kind=case.kind)
    except IntegrityError as error:
        raise Conflict(
            f"所列专利中有正在办理的{case.get_kind_display()}，同一专利不能重复申请。", code="patent_in_other_case"
        ) from error


def _release(case: WindowCase) -> None:
    case.items.update(exclusive_kind="")


def _move(case: WindowCase, to: CaseState, *, by: User, on: dt.date | None = None, **values: Any) -> None:
    move(case, CASE_FLOW, to, by=by, **values)
    note = values.get("note", "")
    case.moves.create(state=to, on=on or clock.today(), by=by, note=note)
    record(by=by, verb=f"登记事项{to.label}", target=case, note=note)
    publish(
        f"patents.window.{to}",
        key=case.ref,
        case_ref=case.ref,
        kind=case.kind,
        patent_numbers=queries.numbers_of(case),
        registration_number=case.registration_number,
        registered_on=case.registered_on and case.registered_on.isoformat(),
    )


def _tell(case: WindowCase, what: str, body: str) -> None:
    notify(
        recipient=case.organisation,
        kind="patents.window",
        title=f"登记事项 {case.ref} {what}",
        body=body,
        link=case.get_absolute_url(),
    )
