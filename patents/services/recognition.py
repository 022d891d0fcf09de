"""Verbs of recognitions: the firm applies, its city recommends, the province decides and revokes."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from patents.enums.recognition import EVIDENCE, RECOGNITION_EDITABLE, RecognitionKind, RecognitionState
from patents.models import Recognition
from patents.policy.recognition import missing_steps, step_of
from patents.queries import recognition as queries
from patents.queries.cultivation import end_of_validity
from patents.services.moves import lock, move, own_organisation, require_past, require_text, rule_on
from patents.workflow.recognition import RECOGNITION_FLOW
from portal import clock, refs
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.attachments import services as attachments
from portal.attachments.models import Attachment
from portal.audit.services import record
from portal.errors import Conflict, Invalid, WrongState
from portal.notices.services import notify
from portal.outbox.services import publish

REMIND_BATCH = 200


@transaction.atomic
def open_recognition(*, by: User, kind: str, statement: str) -> Recognition:
    """Start an application of the own firm for a kind that is given in the province.

    Raises:
        Invalid: the kind is given elsewhere, or a lower step of the ladder is missing.
        Conflict: an application for the kind is under way.
    """
    firm = own_organisation(by, Role.SME, Role.HOLDER)
    if not firm.uscc:
        raise Invalid("本单位没有统一社会信用代码，不能申请。")
    _require_step(kind, firm.uscc)
    statement = require_text(statement, "请填写申请说明。", field="statement")
    pk, ref = refs.reserve(Recognition, "RD")
    try:
        with transaction.atomic():
            found = Recognition.objects.create(
                pk=pk,
                ref=ref,
                kind=kind,
                firm_name=firm.name,
                uscc=firm.uscc,
                city_code=firm.city_code,
                organisation=firm,
                statement=statement,
            )
    except IntegrityError as error:
        raise Conflict("该类认定已有申请在办理。", field="kind", code="applied_already") from error
    record(by=by, verb="新建认定申请", target=found, kind=kind)
    return found


@transaction.atomic
def change_recognition(*, recognition_id: int, by: User, statement: str) -> Recognition:
    """Change the statement of a draft, or of an application that was returned."""
    found = _lock_editable(recognition_id, by)
    found.statement = require_text(statement, "请填写申请说明。", field="statement")
    found.save(update_fields=["statement", "updated_at"])
    record(by=by, verb="修改认定申请", target=found)
    return found


@transaction.atomic
def attach_evidence(*, recognition_id: int, by: User, file: Any, file_name: str) -> Attachment:
    """Add evidence while the application is with the firm."""
    found = _lock_editable(recognition_id, by)
    return attachments.attach(target=found, purpose=EVIDENCE, file=file, file_name=file_name, by=by)


@transaction.atomic
def submit_recognition(*, recognition_id: int, by: User) -> Recognition:
    """Hand the application to the firm's city; it must carry evidence."""
    own_organisation(by, Role.SME, Role.HOLDER)
    found = lock(Recognition, by, pk=recognition_id)
    _require_step(found.kind, found.uscc)
    if not Attachment.objects.of(found).exists():
        raise Invalid("请先上传认证证书或证明材料。", code="documents_missing")
    _move(found, RecognitionState.SUBMITTED, by=by, submitted_at=clock.now(), note="")
    return found


@transaction.atomic
def recommend(*, recognition_id: int, by: User, note: str = "") -> Recognition:
    """The firm's city passes the application on to the province."""
    found = lock(Recognition, by, pk=recognition_id)
    _move(found, RecognitionState.RECOMMENDED, by=by, note=note.strip())
    return found


@transaction.atomic
def return_recognition(*, recognition_id: int, by: User, note: str) -> Recognition:
    """Give the application back, saying what to change."""
    note = require_text(note, "请填写退回意见。", field="note")
    found = lock(Recognition, by, pk=recognition_id)
    _move(found, RecognitionState.RETURNED, by=by, note=note)
    _tell(found, "退回修改", note)
    return found


@transaction.atomic
def refuse_recognition(*, recognition_id: int, by: User, note: str) -> Recognition:
    """The province decides against it, with the reason."""
    note = require_text(note, "请填写未认定的理由。", field="note")
    found = lock(Recognition, by, pk=recognition_id)
    _move(found, RecognitionState.REFUSED, by=by, note=note)
    _tell(found, "未认定", note)
    return found


@transaction.atomic
def recognise_firm(*, recognition_id: int, by: User, document_number: str, granted_on: dt.date) -> Recognition:
    """The province recognises; validity is the ladder's number of years from the day (unconfirmed default)."""
    found = lock(Recognition, by, pk=recognition_id)
    RECOGNITION_FLOW.require(found.state, RecognitionState.RECOGNISED, actor=by)
    document_number = require_text(document_number, "请填写认定文号。", field="document_number")
    require_past(granted_on, "认定日", field="granted_on")
    if Recognition.objects.filter(uscc=found.uscc, kind=found.kind, granted_on=granted_on).exists():
        raise Conflict("该企业同一天已有同类认定。", field="granted_on")
    years = step_of(rule_on(queries.LADDER_RULE, granted_on, "梯次培育").parameters, found.kind)["validity_years"]
    _move(
        found,
        RecognitionState.RECOGNISED,
        by=by,
        document_number=document_number,
        granted_on=granted_on,
        valid_until=end_of_validity(granted_on, years),
        note="",
    )
    _tell(found, "已认定", f"文号 {document_number}，有效期至 {found.valid_until}。")
    return found


@transaction.atomic
def revoke_recognition(*, recognition_id: int, by: User, note: str) -> Recognition:
    """Take a recognition back from today, with the reason; the days before stay counted."""
    note = require_text(note, "请填写撤销理由。", field="note")
    found = lock(Recognition, by, pk=recognition_id)
    _move(found, RecognitionState.REVOKED, by=by, revoked_on=clock.today(), note=note)
    _tell(found, "已撤销", note)
    return found


@transaction.atomic
def remind_ending() -> int:
    """Tell up to REMIND_BATCH registered firms, once, that a recognition ends soon; returns how many were told.

    Soon is the ladder's number of days (unconfirmed default). A job of the portal itself: safe to run twice.
    """
    today = clock.today()
    rule = queries.current_rule()
    if rule is None:
        return 0
    last = today + dt.timedelta(days=rule.parameters["warn_before_days"])
    rows = (
        Recognition.objects.filter(
            state=RecognitionState.RECOGNISED,
            organisation__isnull=False,
            reminded_on__isnull=True,
            valid_until__range=(today, last),
        )
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("organisation")
        .order_by("pk")[:REMIND_BATCH]
    )
    found = list(rows)
    for row in found:
        row.reminded_on = today
        row.save(update_fields=["reminded_on", "updated_at"])
        _tell(row, "即将到期", f"有效期至 {row.valid_until}，请及时办理复核或重新申请。")
    return len(found)


def _require_step(kind: str, uscc: str) -> None:
    if kind not in RecognitionKind.values:
        raise Invalid("请从列出的类型中选择。", field="kind")
    today = clock.today()
    parameters = rule_on(queries.LADDER_RULE, today, "梯次培育").parameters
    if not step_of(parameters, kind)["applied_here"]:
        raise Invalid("该类认定由国家知识产权局作出，平台只登记结果，不受理申请。", field="kind")
    missing = missing_steps(parameters, kind, queries.standing_kinds(uscc, today))
    if missing:
        labels = "、".join(RecognitionKind(one).label for one in missing)
        raise Invalid(f"梯次培育要求先取得有效的“{labels}”（条件未经确认）。", field="kind", code="step_missing")


def _lock_editable(recognition_id: int, by: User) -> Recognition:
    own_organisation(by, Role.SME, Role.HOLDER)
    found = lock(Recognition, by, pk=recognition_id)
    if found.state not in RECOGNITION_EDITABLE:
        raise WrongState(f"当前状态为“{found.get_state_display()}”，不能修改。")
    return found


def _move(found: Recognition, to: RecognitionState, *, by: User, **values: Any) -> None:
    move(found, RECOGNITION_FLOW, to, by=by, **values)
    record(by=by, verb=f"认定{to.label}", target=found, note=str(values.get("note", "")))
    publish(
        f"patents.recognition.{to}",
        key=found.ref,
        recognition_ref=found.ref,
        kind=found.kind,
        uscc=found.uscc,
        city_code=found.city_code,
    )


def _tell(found: Recognition, what: str, body: str) -> None:
    if found.organisation:
        notify(
            recipient=found.organisation,
            kind="patents.recognition",
            title=f"{found.get_kind_display()} {what}",
            body=body,
            link=found.get_absolute_url(),
        )
