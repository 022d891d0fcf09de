"""Verbs of an approved navigation project: milestones, reports, support, acceptance."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from patents.services.moves import lock, move, own_organisation, require_role, require_text
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.attachments import services as attachments
from portal.attachments.models import Attachment
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotFound, WrongState
from portal.notices.services import notify
from portal.outbox.services import publish
from stats.enums.navigation import REPORT, ProjectState
from stats.enums.workplan import MilestoneState
from stats.models.navigation import NavigationMilestone, NavigationProject
from stats.workflow.navigation import APPLICANTS, PROJECT_FLOW, STEP_FLOW


@transaction.atomic
def add_step(*, project_id: int, by: User, title: str, due_on: dt.date) -> NavigationMilestone:
    """Add a milestone to a running project."""
    require_role(by, Role.PROVINCE, message="项目节点由省级管理人员设定。")
    project = _lock_running(project_id, by)
    title = require_text(title, "请填写节点。", field="title")
    if not project.approved_on <= due_on <= project.due_on:
        raise Invalid(f"时限应在 {project.approved_on} 至 {project.due_on} 之间。", field="due_on")
    try:
        with transaction.atomic():
            step = NavigationMilestone.objects.create(project=project, title=title, due_on=due_on)
    except IntegrityError as error:
        raise Conflict("该项目已有同名节点。", field="title") from error
    record(by=by, verb="设定项目节点", target=project, title=title, due_on=str(due_on))
    return step


@transaction.atomic
def report_step(*, step_id: int, by: User, report: str, spent_amount: Decimal, file: Any = None) -> NavigationMilestone:
    """Who carries the project reports a milestone, with its document; `spent_amount` in yuan since the approval."""
    organisation = own_organisation(by, *APPLICANTS)
    step = _lock_step(step_id, by, organisation=organisation)
    STEP_FLOW.require(step.state, MilestoneState.REPORTED, actor=by)
    report = require_text(report, "请填写报告。", field="report")
    if spent_amount < 0:
        raise Invalid("累计支出不能为负数。", field="spent_amount")
    if file is not None:
        attachments.attach(target=step, purpose=REPORT, file=file, file_name=file.name, by=by)
    if not Attachment.objects.of(step).exists():
        raise Invalid("请上传报告文件。", field="file", code="documents_missing")
    values = {"report": report, "spent_amount": spent_amount, "reported_at": clock.now(), "note": ""}
    move(step, STEP_FLOW, MilestoneState.REPORTED, by=by, **values)
    _told(step, by, "提交项目节点报告")
    return step


@transaction.atomic
def confirm_step(*, step_id: int, by: User, note: str = "") -> NavigationMilestone:
    """The province has read the report."""
    step = _lock_step(step_id, by)
    move(step, STEP_FLOW, MilestoneState.CONFIRMED, by=by, note=note.strip())
    _told(step, by, "核查项目节点")
    return step


@transaction.atomic
def return_step(*, step_id: int, by: User, note: str) -> NavigationMilestone:
    """Give a report back, saying what lacks."""
    note = require_text(note, "请填写退回意见。", field="note")
    step = _lock_step(step_id, by)
    move(step, STEP_FLOW, MilestoneState.RETURNED, by=by, note=note)
    _told(step, by, "退回项目节点报告")
    _tell(step.project, f"节点“{step.title}”退回补充", note)
    return step


@transaction.atomic
def approve_support(*, project_id: int, by: User, amount: Decimal) -> NavigationProject:
    """Say how much the project shall get, in yuan, once and at most what was asked for.

    Subsidies makes a claim of it: whether, and how much of it, is paid is what the rule version in force states.
    """
    require_role(by, Role.PROVINCE, message="项目经费由省级管理人员批准。")
    project = _lock_running(project_id, by)
    if project.support_amount is not None:
        raise Conflict("该项目的经费已经批准。", code="approved_already")
    asked = project.application.requested_amount
    if not 0 < amount <= asked:
        raise Invalid(f"经费应大于零，不超过申请的 {asked} 元。", field="amount")
    project.support_amount, project.support_approved_on = amount, clock.today()
    project.save(update_fields=["support_amount", "support_approved_on"])
    record(by=by, verb="批准专利导航经费", target=project, amount=str(amount))
    publish(
        "stats.navigation.support_approved",
        key=project.number,
        project_number=project.number,
        project_name=project.name,
        organisation_id=project.organisation_id,
        amount=str(amount),
        approved_on=str(project.support_approved_on),
    )
    return project


@transaction.atomic
def accept_project(*, project_id: int, by: User, result: str) -> NavigationProject:
    """The project passed its final check; every milestone is confirmed."""
    project = _lock_running(project_id, by)
    left = project.milestones.exclude(state=MilestoneState.CONFIRMED).count()
    if left:
        raise WrongState(f"还有 {left} 个节点没有核查，不能验收。", code="milestones_open")
    return _end(project, ProjectState.ACCEPTED, by, result)


@transaction.atomic
def fail_project(*, project_id: int, by: User, result: str) -> NavigationProject:
    """The project did not pass its final check."""
    return _end(_lock_running(project_id, by), ProjectState.FAILED, by, result)


@transaction.atomic
def terminate_project(*, project_id: int, by: User, result: str) -> NavigationProject:
    """End a project before its time, with the reason."""
    return _end(_lock_running(project_id, by), ProjectState.TERMINATED, by, result)


def _end(project: NavigationProject, to: ProjectState, by: User, result: str) -> NavigationProject:
    result = require_text(result, "请填写结论或理由。", field="result")
    move(project, PROJECT_FLOW, to, by=by, result=result, ended_on=clock.today())
    record(by=by, verb=f"专利导航项目{to.label}", target=project, note=result)
    publish(f"stats.navigation.{to}", key=project.number, project_number=project.number)
    _tell(project, to.label, result)
    return project


def _lock_running(project_id: int, by: User) -> NavigationProject:
    project = lock(NavigationProject, by, pk=project_id)
    if project.state != ProjectState.RUNNING:
        raise WrongState(f"项目{project.get_state_display()}，不能再办理。")
    return project


def _lock_step(step_id: int, by: User, **owner: Any) -> NavigationMilestone:
    """A milestone of a running project, the project locked first: always in this order."""
    rows = NavigationMilestone.objects.visible_to(by).filter(pk=step_id)
    project_id = rows.values_list("project_id", flat=True).first()
    if project_id is None:
        raise NotFound("没有这个项目节点。")
    project = lock(NavigationProject, by, pk=project_id, **owner)
    if project.state != ProjectState.RUNNING:
        raise WrongState(f"项目{project.get_state_display()}，不能再办理。")
    return lock(NavigationMilestone, by, pk=step_id)


def _told(step: NavigationMilestone, by: User, verb: str) -> None:
    record(by=by, verb=verb, target=step.project, milestone=step.title, note=step.note)
    publish(
        f"stats.navigation_milestone.{step.state}",
        key=step.project.number,
        project_number=step.project.number,
        milestone_id=step.pk,
    )


def _tell(project: NavigationProject, what: str, body: str) -> None:
    notify(
        recipient=project.organisation,
        kind="stats.navigation",
        title=f"专利导航项目 {project.number} {what}",
        body=body,
        link=project.get_absolute_url(),
    )
