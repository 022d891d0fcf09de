"""Verbs of a recognised centre: grant, yearly check, renewal, revocation."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from patents.enums.cultivation import CentreState, CheckState
from patents.models import Centre, CentreCheck, CentreGrant, GrantInstalment
from patents.policy.cultivation import planned_instalments
from patents.queries import cultivation as queries
from patents.services.cultivation import REVIEW_RULE
from patents.services.moves import lock, move, own_organisation, require_past, require_role, require_text, rule_on
from patents.workflow.cultivation import CENTRE_FLOW, CHECK_FLOW
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.attachments import services as attachments
from portal.attachments.models import Attachment
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotFound, WrongState
from portal.money import exact
from portal.notices.services import notify
from portal.outbox.services import publish

CONDITIONS = ("认定后拨付", "年度核查合格后拨付")


@dataclass(frozen=True, slots=True)
class YearReport:
    """What a centre did in one year; money in yuan."""

    year: int
    filed_count: int
    high_value_count: int
    transferred_count: int
    income_amount: Decimal
    spent_amount: Decimal
    summary: str

    def values(self) -> dict[str, Any]:
        """The columns without the year."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "year"}


@transaction.atomic
def approve_grant(*, centre_id: int, by: User, amount: Decimal) -> CentreGrant:
    """Give a centre its money, once, within the ceiling in force on the day of its recognition (RULES section 8).

    Paid in parts by the review rule's shares, to the fen. The event tells subsidies what to pay.

    Raises:
        Invalid: no rule was in force, it states no ceiling, or the amount is above it.
        Conflict: the centre has its grant.
    """
    require_role(by, Role.PROVINCE, message="经费由省级管理人员批准。")
    centre = lock(Centre, by, pk=centre_id)
    if centre.state != CentreState.RECOGNISED:
        raise WrongState("中心已被撤销，不能安排经费。")
    rule = rule_on(queries.GRANT_RULE, centre.recognised_on, "培育中心经费")
    ceiling = queries.ceiling_of(rule)
    if ceiling is None:
        raise Invalid(
            f"认定日 {centre.recognised_on} 适用 {rule.document_number or rule.code}，平台没有其金额。请在本页“起草经费标准”"
            "按文件原文填写金额，由另一名省级管理人员批准后再安排经费。",
            code="no_ceiling",
        )
    if not 0 < amount <= ceiling:
        raise Invalid(f"金额应大于 0 且不超过 {exact(ceiling)} 元（{rule.code}）。", field="amount")
    if CentreGrant.objects.filter(centre=centre).exists():
        raise Conflict("该中心已安排经费，每家只安排一次。", code="granted_already")
    grant = CentreGrant.objects.create(
        centre=centre, amount=amount, rule=rule, approved_on=clock.today(), approved_by=by
    )
    shares = rule_on(REVIEW_RULE, centre.recognised_on, "专家评审").parameters["instalments"]
    _plan(grant, planned_instalments(amount, shares))
    record(by=by, verb="批准培育中心经费", target=centre, amount=str(amount), rule=rule.code)
    publish(
        "patents.centre.grant_approved",
        key=centre.number,
        centre_number=centre.number,
        grant_id=grant.pk,
        organisation_id=centre.organisation_id,
        amount=str(amount),
        rule_code=rule.code,
        instalments=[str(part.amount) for part in grant.instalments.order_by("place")],
    )
    _tell(centre, "经费已批准", f"支持金额 {exact(amount)} 元。")
    return grant


def _plan(grant: CentreGrant, parts: Sequence[Decimal]) -> None:
    GrantInstalment.objects.bulk_create(
        GrantInstalment(grant=grant, place=place, amount=part, condition=CONDITIONS[min(place, len(CONDITIONS)) - 1])
        for place, part in enumerate(parts, start=1)
        if part
    )


@transaction.atomic
def record_instalment(*, grant_id: int, by: User, place: int, paid_on: dt.date) -> GrantInstalment:
    """The finance department has paid one part. Later parts wait for a yearly check that was passed."""
    require_role(by, Role.FINANCE, message="拨付由财政部门登记。")
    grant = lock(CentreGrant, by, pk=grant_id)
    require_past(paid_on, "拨付日", field="paid_on")
    part = grant.instalments.select_for_update().filter(place=place).first()
    if part is None:
        raise NotFound("没有这一期。")
    if part.paid_on:
        raise Conflict(f"第 {place} 期已于 {part.paid_on} 拨付。", field="place")
    if paid_on < grant.approved_on:
        raise Invalid("拨付日不能早于批准日。", field="paid_on")
    if grant.instalments.filter(place__lt=place, paid_on__isnull=True).exists():
        raise WrongState("前一期还没有拨付。")
    if place > 1 and not grant.centre.checks.filter(state=CheckState.PASSED).exists():
        raise WrongState("年度核查合格后才能拨付后续各期。")
    part.paid_on = paid_on
    part.save(update_fields=["paid_on"])
    record(by=by, verb="登记经费拨付", target=grant, place=place, amount=str(part.amount))
    publish(
        "patents.centre.grant_paid",
        key=grant.centre.number,
        centre_number=grant.centre.number,
        grant_id=grant.pk,
        place=place,
        amount=str(part.amount),
        paid_on=paid_on.isoformat(),
    )
    return part


@transaction.atomic
def report_year(*, centre_id: int, by: User, report: YearReport) -> CentreCheck:
    """Hand in, or after a return hand in again, what the own centre did in a year that has begun."""
    owner = own_organisation(by, Role.HOLDER, Role.SME)
    centre = lock(Centre, by, pk=centre_id, organisation=owner)
    if centre.state != CentreState.RECOGNISED:
        raise WrongState("中心已被撤销。")
    _check_report(centre, report)
    standing = centre.checks.select_for_update().filter(year=report.year).first()
    if standing is None:
        check = CentreCheck.objects.create(centre=centre, year=report.year, submitted_at=clock.now(), **report.values())
    else:
        check = standing
        move(check, CHECK_FLOW, CheckState.SUBMITTED, by=by, submitted_at=clock.now(), note="", **report.values())
    record(by=by, verb="提交年度报告", target=check, year=report.year)
    publish("patents.centre_check.submitted", key=centre.number, centre_number=centre.number, year=report.year)
    return check


def _check_report(centre: Centre, report: YearReport) -> None:
    if not centre.recognised_on.year <= report.year <= clock.today().year:
        raise Invalid("年度应在认定之后、今年或以前。", field="year")
    for name in ("filed_count", "high_value_count", "transferred_count", "income_amount", "spent_amount"):
        if getattr(report, name) < 0:
            raise Invalid("不能为负数。", field=name)
    require_text(report.summary, "请填写年度工作情况。", field="summary")


@transaction.atomic
def attach_report(*, check_id: int, by: User, file: Any, file_name: str) -> Attachment:
    """Add evidence to the own report while it waits or was returned."""
    owner = own_organisation(by, Role.HOLDER, Role.SME)
    check = lock(CentreCheck, by, pk=check_id, centre__organisation=owner)
    if check.state not in (CheckState.SUBMITTED, CheckState.RETURNED):
        raise WrongState("核查已经结束，不能再补充材料。")
    return attachments.attach(target=check, purpose="report", file=file, file_name=file_name, by=by)


def pass_check(*, check_id: int, by: User, note: str = "") -> CentreCheck:
    """The year was good."""
    return _judge(check_id, by, CheckState.PASSED, note)


def fail_check(*, check_id: int, by: User, note: str) -> CentreCheck:
    """The year was not good, for a reason."""
    return _judge(check_id, by, CheckState.FAILED, require_text(note, "请填写不合格的理由。", field="note"))


def return_check(*, check_id: int, by: User, note: str) -> CentreCheck:
    """The report must be completed."""
    return _judge(check_id, by, CheckState.RETURNED, require_text(note, "请填写退回意见。", field="note"))


@transaction.atomic
def _judge(check_id: int, by: User, to: CheckState, note: str) -> CentreCheck:
    check = lock(CentreCheck, by, pk=check_id)
    move(check, CHECK_FLOW, to, by=by, note=note.strip(), decided_at=clock.now())
    record(by=by, verb=f"年度核查{to.label}", target=check, note=note.strip())
    publish(f"patents.centre_check.{to}", key=check.centre.number, centre_number=check.centre.number, year=check.year)
    _tell(check.centre, f"{check.year} 年度核查{to.label}", note.strip())
    return check


@transaction.atomic
def renew_centre(*, centre_id: int, by: User, note: str = "") -> Centre:
    """Renew a centre whose last yearly check was passed, for another term from the end of the present one."""
    centre = lock(Centre, by, pk=centre_id)
    CENTRE_FLOW.require(centre.state, CentreState.RECOGNISED, actor=by)
    last = centre.checks.order_by("-year").first()
    if last is None or last.state != CheckState.PASSED:
        raise WrongState("最近一次年度核查合格后才能续期。", code="no_passed_check")
    years = rule_on(REVIEW_RULE, clock.today(), "专家评审").parameters["validity_years"]
    start = max(centre.valid_until + dt.timedelta(days=1), clock.today())
    move(
        centre,
        CENTRE_FLOW,
        CentreState.RECOGNISED,
        by=by,
        valid_until=queries.end_of_validity(start, years),
        renewed_on=clock.today(),
    )
    record(by=by, verb="培育中心续期", target=centre, note=note.strip(), valid_until=str(centre.valid_until))
    publish(
        "patents.centre.renewed",
        key=centre.number,
        centre_number=centre.number,
        valid_until=centre.valid_until.isoformat(),
    )
    _tell(centre, "已续期", f"有效期至 {centre.valid_until}。")
    return centre


@transaction.atomic
def revoke_centre(*, centre_id: int, by: User, note: str) -> Centre:
    """Take the recognition back, with the reason, from today."""
    note = require_text(note, "请填写撤销理由。", field="note")
    centre = lock(Centre, by, pk=centre_id)
    move(centre, CENTRE_FLOW, CentreState.REVOKED, by=by, revoked_on=clock.today(), revoke_reason=note)
    record(by=by, verb="撤销培育中心", target=centre, note=note)
    publish("patents.centre.revoked", key=centre.number, centre_number=centre.number)
    _tell(centre, "已撤销", note)
    return centre


def _tell(centre: Centre, what: str, body: str) -> None:
    notify(
        recipient=centre.organisation,
        kind="patents.centre",
        title=f"培育中心 {centre.number} {what}",
        body=body,
        link=centre.get_absolute_url(),
    )
