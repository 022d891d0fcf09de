"""Verbs of the register of operating bodies."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from patents.enums.bodies import ActivityState, BodyKind, BodyState
from patents.models import BodyActivity, OperatingBody
from patents.services.moves import lock, move, require_past, require_role, require_text
from patents.workflow.bodies import ACTIVITY_FLOW, BODY_FLOW
from portal import clock, refs, regions
from portal.accounts.enums import Role
from portal.accounts.models import Organisation, User
from portal.attachments import services as attachments
from portal.attachments.models import Attachment
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotFound, WrongState
from portal.notices.services import notify
from portal.outbox.services import publish

QUARTERS = 4
_COUNTS = ("firm_count", "match_count", "deal_count", "deal_amount", "event_count", "trained_count")


@dataclass(frozen=True, slots=True)
class BodyFacts:
    """What the register says of a body."""

    kind: str
    name: str
    organisation: Organisation | None
    city_code: str
    industry: str
    founded_on: dt.date
    document_number: str
    functions: str
    website: str

    def values(self) -> dict[str, Any]:
        """The columns."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class QuarterReport:
    """What a body did in one quarter; money in yuan."""

    year: int
    quarter: int
    firm_count: int
    match_count: int
    deal_count: int
    deal_amount: Decimal
    event_count: int
    trained_count: int
    summary: str

    def values(self) -> dict[str, Any]:
        """The columns without the period."""
        return {name: getattr(self, name) for name in (*_COUNTS, "summary")}


@transaction.atomic
def save_body(*, by: User, facts: BodyFacts, body_id: int | None = None) -> OperatingBody:
    """Enter a body in the register, or correct an entry that is not closed. For the province."""
    require_role(by, Role.PROVINCE, message="运营机构名录由省级管理人员维护。")
    check_body(facts, body_id)
    try:
        with transaction.atomic():
            body = _write_body(by, facts, body_id)
    except IntegrityError as error:
        raise Conflict("名录中刚刚登记了同名机构。", field="name") from error
    record(by=by, verb="保存运营机构", target=body, kind=facts.kind)
    publish("patents.operating_body.saved", key=body.ref, body_ref=body.ref, kind=body.kind)
    return body


def _write_body(by: User, facts: BodyFacts, body_id: int | None) -> OperatingBody:
    if body_id is None:
        pk, ref = refs.reserve(OperatingBody, "YY")
        return OperatingBody.objects.create(pk=pk, ref=ref, **facts.values())
    body = lock(OperatingBody, by, pk=body_id)
    if body.state == BodyState.CLOSED:
        raise WrongState("机构已撤销，不能修改。")
    for name, value in facts.values().items():
        setattr(body, name, value)
    body.save(update_fields=list(facts.values()))
    return body


@transaction.atomic
def close_body(*, body_id: int, by: User, note: str) -> OperatingBody:
    """Take a body out of operation, with the reason."""
    note = require_text(note, "请填写撤销理由。", field="note")
    body = lock(OperatingBody, by, pk=body_id)
    move(body, BODY_FLOW, BodyState.CLOSED, by=by, closed_on=clock.today(), close_reason=note)
    record(by=by, verb="撤销运营机构", target=body, note=note)
    publish("patents.operating_body.closed", key=body.ref, body_ref=body.ref)
    return body


@transaction.atomic
def report_quarter(*, body_id: int, by: User, report: QuarterReport) -> BodyActivity:
    """Hand in what a body did in a quarter that has begun, or correct a report that was returned.

    A body's organisation reports for it, a key city's officials for the city.

    Raises:
        NotFound: it is not a body that `by` reports for.
        WrongState: the quarter's report waits or is confirmed.
    """
    body = OperatingBody.objects.reported_by(by).select_for_update(of=("self",)).filter(pk=body_id).first()
    if body is None:
        raise NotFound("没有这个运营机构。")
    if body.state == BodyState.CLOSED:
        raise WrongState("机构已撤销，不能填报。")
    _check_report(body, report)
    standing = body.activities.select_for_update().filter(year=report.year, quarter=report.quarter).first()
    if standing is None:
        activity = BodyActivity.objects.create(
            body=body, year=report.year, quarter=report.quarter, submitted_at=clock.now(), **report.values()
        )
    else:
        activity = standing
        move(
            activity,
            ACTIVITY_FLOW,
            ActivityState.SUBMITTED,
            by=by,
            submitted_at=clock.now(),
            note="",
            **report.values(),
        )
    _trace(activity, by, "提交季度工作")
    return activity


@transaction.atomic
def attach_evidence(*, activity_id: int, by: User, file: Any, file_name: str) -> Attachment:
    """Add evidence to the own report until it is confirmed."""
    require_role(by, Role.HOLDER, Role.SME, Role.CITY, message="由填报单位上传证明材料。")
    activity = lock(BodyActivity, by, pk=activity_id)
    if activity.state == ActivityState.CONFIRMED:
        raise WrongState("已核实，不能再补充材料。")
    return attachments.attach(target=activity, purpose="evidence", file=file, file_name=file_name, by=by)


@transaction.atomic
def confirm_activity(*, activity_id: int, by: User, note: str = "") -> BodyActivity:
    """The province has checked the report: it is public and counts."""
    activity = lock(BodyActivity, by, pk=activity_id)
    move(activity, ACTIVITY_FLOW, ActivityState.CONFIRMED, by=by, note=note.strip(), confirmed_at=clock.now())
    _trace(activity, by, "核实季度工作")
    return activity


@transaction.atomic
def return_activity(*, activity_id: int, by: User, note: str) -> BodyActivity:
    """Give a report back, saying what to change."""
    note = require_text(note, "请填写退回意见。", field="note")
    activity = lock(BodyActivity, by, pk=activity_id)
    move(activity, ACTIVITY_FLOW, ActivityState.RETURNED, by=by, note=note)
    _trace(activity, by, "退回季度工作")
    if activity.body.organisation:
        notify(
            recipient=activity.body.organisation,
            kind="patents.body_activity",
            title=f"{activity} 退回修改",
            body=note,
            link=activity.body.get_absolute_url(),
        )
    return activity


def check_body(facts: BodyFacts, body_id: int | None) -> None:
    """Raise Invalid or Conflict, naming the field, for what the register cannot hold."""
    if facts.kind not in BodyKind.values:
        raise Invalid("请从列出的类别中选择。", field="kind")
    if facts.city_code not in regions.CITIES:
        raise Invalid("请从列出的城市中选择。", field="city_code")
    require_text(facts.name, "请填写名称。", field="name")
    require_text(facts.functions, "请填写主要职能。", field="functions")
    require_past(facts.founded_on, "设立日", field="founded_on")
    if OperatingBody.objects.filter(name=facts.name).exclude(pk=body_id or 0).exists():
        raise Conflict("名录中已有同名机构。", field="name")


def _check_report(body: OperatingBody, report: QuarterReport) -> None:
    if not 1 <= report.quarter <= QUARTERS:
        raise Invalid("季度应为 1 至 4。", field="quarter")
    first_day = dt.date(report.year, 3 * report.quarter - 2, 1)
    founded = body.founded_on
    begun = dt.date(founded.year, 3 * ((founded.month - 1) // 3) + 1, 1)
    if not begun <= first_day <= clock.today():
        raise Invalid("季度应在机构设立之后，且已经开始。", field="quarter")
    for name in _COUNTS:
        if getattr(report, name) < 0:
            raise Invalid("不能为负数。", field=name)
    if report.deal_amount and not report.deal_count:
        raise Invalid("有交易金额时，促成转让许可件数不能为 0。", field="deal_count")
    require_text(report.summary, "请填写主要工作。", field="summary")


def _trace(activity: BodyActivity, by: User, verb: str) -> None:
    record(by=by, verb=verb, target=activity, note=activity.note)
    publish(
        f"patents.body_activity.{activity.state}",
        key=activity.body.ref,
        body_ref=activity.body.ref,
        year=activity.year,
        quarter=activity.quarter,
    )
