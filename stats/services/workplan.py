"""Verbs of the work plan: break down, report with evidence, confirm, chase."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse

from patents.services.moves import lock, move, require_role, require_text
from portal import clock, refs, regions
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.attachments import services as attachments
from portal.attachments.models import Attachment
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.services import notify, notify_person
from portal.outbox.services import publish
from stats.enums.workplan import EVIDENCE, WITH_OWNER, MilestoneState, TaskState
from stats.models.workplan import Chase, Milestone, PlanMeasure, WorkTask
from stats.queries.workplan import authority_of
from stats.workflow.workplan import MILESTONE_FLOW, TASK_FLOW

CHASE_EVERY_DAYS = 7
"""A late task is chased by the portal once in so many calendar days (own default)."""
CHASE_BATCH = 200


@dataclass(frozen=True, slots=True)
class BreakDown:
    """Who does what by when. Without cities the task is a department's of the province."""

    year: int
    title: str
    department: str
    cities: Sequence[str]
    starts_on: dt.date
    due_on: dt.date
    milestones: Sequence[tuple[str, dt.date]]


@transaction.atomic
def break_down(*, measure_id: int, by: User, plan: BreakDown) -> list[WorkTask]:
    """Make the tasks of a measure in a year; a city that has its task already keeps it. Returns the new ones.

    Raises:
        Invalid: no such city, or dates that cannot be; `field` names it.
        Conflict: everybody named has the task already.
    """
    require_role(by, Role.PROVINCE, message="工作任务由省级管理人员分解。")
    measure = PlanMeasure.objects.select_for_update().filter(pk=measure_id).first()
    if measure is None:
        raise NotFound("没有这项措施。")
    _check_plan(plan)
    standing = set(
        measure.tasks.filter(year=plan.year, department=plan.department.strip()).values_list("city_code", flat=True)
    )
    wanted = [code for code in (dict.fromkeys(plan.cities) or [""]) if code not in standing]
    if not wanted:
        raise Conflict("所选责任单位该年度的任务已经分解。", code="broken_down_already")
    return [_make(measure, plan, code, by) for code in wanted]


def _make(measure: PlanMeasure, plan: BreakDown, city_code: str, by: User) -> WorkTask:
    pk, ref = refs.reserve(WorkTask, "GZ")
    task = WorkTask.objects.create(
        pk=pk,
        ref=ref,
        measure=measure,
        year=plan.year,
        title=plan.title.strip(),
        department=plan.department.strip(),
        city_code=city_code,
        starts_on=plan.starts_on,
        due_on=plan.due_on,
    )
    steps = list(plan.milestones) or [("完成任务", plan.due_on)]
    Milestone.objects.bulk_create(Milestone(task=task, title=title, due_on=due_on) for title, due_on in steps)
    record(by=by, verb="分解工作任务", target=task, measure=measure.code)
    publish("stats.task.assigned", key=ref, task_ref=ref, city_code=city_code)
    _tell(task, "新的工作任务", f"{task.title}，{task.due_on} 前完成。")
    return task


def _check_plan(plan: BreakDown) -> None:
    require_text(plan.title, "请填写任务。", field="title")
    require_text(plan.department, "请填写责任单位。", field="department")
    if plan.due_on < plan.starts_on:
        raise Invalid("完成时限不能早于开始日。", field="due_on")
    for code in plan.cities:
        if code not in regions.CITIES:
            raise Invalid(f"“{code}”不是山东省的设区市。", field="cities")
    titles = [title for title, _ in plan.milestones]
    if len(set(titles)) < len(titles):
        raise Invalid("节点名称重复。", field="milestones")
    for title, due_on in plan.milestones:
        if not plan.starts_on <= due_on <= plan.due_on:
            raise Invalid(f"节点“{title}”的时限应在任务起止日期之间。", field="milestones")


@transaction.atomic
def name_owner(*, task_id: int, by: User, username: str) -> WorkTask:
    """Say who carries a task: an official of the city, or of the province for the province's."""
    task = _lock_carried(task_id, by)
    owner = User.objects.filter(username=username.strip(), is_active=True).first()
    if owner is None or not _carries(task, owner):
        raise Invalid("没有这个账号，或不是该任务责任单位的管理人员。", field="username")
    task.owner = owner
    task.save(update_fields=["owner", "updated_at"])
    record(by=by, verb="指定责任人", target=task, username=owner.username)
    publish("stats.task.owner_named", key=task.ref, task_ref=task.ref)
    notify_person(reader=owner, kind="stats.task", title=f"由您负责：{task.title}", link=_address(task))
    return task


@transaction.atomic
def add_milestone(*, task_id: int, by: User, title: str, due_on: dt.date) -> Milestone:
    """Add a step; the city breaks its own tasks down further."""
    task = _lock_carried(task_id, by)
    title = require_text(title, "请填写节点。", field="title")
    if not task.starts_on <= due_on <= task.due_on:
        raise Invalid(f"节点时限应在 {task.starts_on} 至 {task.due_on} 之间。", field="due_on")
    try:
        with transaction.atomic():
            step = Milestone.objects.create(task=task, title=title, due_on=due_on)
    except IntegrityError as error:
        raise Conflict("该任务已有同名节点。", field="title") from error
    record(by=by, verb="增加节点", target=task, title=title, due_on=str(due_on))
    return step


@transaction.atomic
def report_milestone(*, milestone_id: int, by: User, report: str, file: Any = None) -> Milestone:
    """Say that a step is done, with evidence: a file now, or one attached before."""
    step, task = _lock_step(milestone_id, by)
    if not _carries(task, by):
        raise NotAllowed("只有该任务的责任单位可以报告。")
    MILESTONE_FLOW.require(step.state, MilestoneState.REPORTED, actor=by)
    report = require_text(report, "请填写完成情况。", field="report")
    if file is not None:
        attachments.attach(target=step, purpose=EVIDENCE, file=file, file_name=file.name, by=by)
    if not Attachment.objects.of(step).exists():
        raise Invalid("请上传完成情况的佐证材料。", field="file", code="evidence_missing")
    move(
        step,
        MILESTONE_FLOW,
        MilestoneState.REPORTED,
        by=by,
        report=report,
        reported_at=clock.now(),
        reported_by=by,
        note="",
    )
    record(by=by, verb="报告节点完成", target=task, milestone=step.title)
    publish("stats.milestone.reported", key=task.ref, task_ref=task.ref, milestone_id=step.pk)
    return step


@transaction.atomic
def confirm_milestone(*, milestone_id: int, by: User, note: str = "") -> Milestone:
    """The province has seen the evidence. Who reported it does not confirm it."""
    step, task = _lock_step(milestone_id, by)
    MILESTONE_FLOW.require(step.state, MilestoneState.CONFIRMED, actor=by)
    if step.reported_by_id == by.pk:
        raise NotAllowed("报告人不能核实自己报告的节点，须由另一人核实。")
    move(
        step,
        MILESTONE_FLOW,
        MilestoneState.CONFIRMED,
        by=by,
        note=note.strip(),
        confirmed_by=by,
        confirmed_on=clock.today(),
    )
    record(by=by, verb="核实节点", target=task, milestone=step.title, note=note.strip())
    publish("stats.milestone.confirmed", key=task.ref, task_ref=task.ref, milestone_id=step.pk)
    return step


@transaction.atomic
def return_milestone(*, milestone_id: int, by: User, note: str) -> Milestone:
    """Give a report back, saying what lacks."""
    note = require_text(note, "请填写退回意见。", field="note")
    step, task = _lock_step(milestone_id, by)
    move(step, MILESTONE_FLOW, MilestoneState.RETURNED, by=by, note=note)
    record(by=by, verb="退回节点报告", target=task, milestone=step.title, note=note)
    publish("stats.milestone.returned", key=task.ref, task_ref=task.ref, milestone_id=step.pk)
    _tell(task, f"节点“{step.title}”退回补充", note)
    return step


@transaction.atomic
def close_task(*, task_id: int, by: User, note: str = "") -> WorkTask:
    """End a task whose milestones are all confirmed."""
    task = lock(WorkTask, by, pk=task_id)
    left = task.milestones.exclude(state=MilestoneState.CONFIRMED).count()
    if left:
        raise WrongState(f"还有 {left} 个节点没有核实，不能办结。", code="milestones_open")
    _decide(task, TaskState.DONE, by, note.strip(), done_on=clock.today())
    return task


@transaction.atomic
def reopen_task(*, task_id: int, by: User, note: str) -> WorkTask:
    """Take a task up again that was closed too early, with the reason."""
    note = require_text(note, "请填写理由。", field="note")
    task = lock(WorkTask, by, pk=task_id)
    _decide(task, TaskState.RUNNING, by, note, done_on=None)
    return task


@transaction.atomic
def cancel_task(*, task_id: int, by: User, note: str) -> WorkTask:
    """Drop a task, with the reason."""
    note = require_text(note, "请填写取消的理由。", field="note")
    task = lock(WorkTask, by, pk=task_id)
    _decide(task, TaskState.CANCELLED, by, note)
    _tell(task, "任务已取消", note)
    return task


@transaction.atomic
def chase_task(*, task_id: int, by: User, text: str) -> Chase:
    """The province asks about a running task; the answer is kept beside the question."""
    require_role(by, Role.PROVINCE, message="督办由省级管理人员发出。")
    text = require_text(text, "请填写督办内容。", field="text")
    task = lock(WorkTask, by, pk=task_id)
    if task.state != TaskState.RUNNING:
        raise WrongState(f"任务{task.get_state_display()}，不能督办。")
    return _chase(task, text, by)


@transaction.atomic
def reply_chase(*, chase_id: int, by: User, reply: str) -> Chase:
    """Answer a chase, once."""
    reply = require_text(reply, "请填写回复。", field="reply")
    chase = lock(Chase, by, pk=chase_id)
    if not _carries(chase.task, by):
        raise NotAllowed("只有该任务的责任单位可以回复。")
    if chase.reply:
        raise Conflict("该督办已经回复。", code="replied_already")
    chase.reply, chase.replied_by, chase.replied_at = reply, by, clock.now()
    chase.save(update_fields=["reply", "replied_by", "replied_at"])
    record(by=by, verb="回复督办", target=chase.task, note=reply)
    publish("stats.task.chase_replied", key=chase.task.ref, task_ref=chase.task.ref)
    return chase


@transaction.atomic
def chase_overdue() -> int:
    """Chase up to CHASE_BATCH late tasks that were not chased within CHASE_EVERY_DAYS; returns how many.

    A job of the portal itself: safe to run twice, and at the same time.
    """
    today = clock.today()
    late = Milestone.objects.filter(state__in=WITH_OWNER, due_on__lt=today)
    before = today - dt.timedelta(days=CHASE_EVERY_DAYS)
    rows = (
        WorkTask.objects.filter(
            Q(chased_on__isnull=True) | Q(chased_on__lte=before),
            state=TaskState.RUNNING,
            pk__in=late.values("task_id"),
        )
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("pk")[:CHASE_BATCH]
    )
    found = list(rows)
    for task in found:
        steps = task.milestones.filter(state__in=WITH_OWNER, due_on__lt=today).order_by("due_on")
        names = "、".join(f"{step.title}（{step.due_on}）" for step in steps[:5])
        _chase(task, f"下列节点已逾期，请尽快完成并报告：{names}。"[:500], None)
    return len(found)


def _chase(task: WorkTask, text: str, by: User | None) -> Chase:
    chase = Chase.objects.create(task=task, text=text, by=by, at=clock.now())
    task.chased_on = clock.today()
    task.save(update_fields=["chased_on", "updated_at"])
    record(by=by, verb="督办", target=task, note=text)
    publish("stats.task.chased", key=task.ref, task_ref=task.ref)
    _tell(task, "督办", text)
    return chase


def _carries(task: WorkTask, user: User) -> bool:
    """Whether the official belongs to who carries the task."""
    if task.city_code:
        return user.role == Role.CITY and user.city_code == task.city_code
    return user.role in (Role.PROVINCE, Role.FINANCE)


def _lock_carried(task_id: int, by: User) -> WorkTask:
    task = lock(WorkTask, by, pk=task_id)
    if by.role != Role.PROVINCE and not _carries(task, by):
        raise NotAllowed("只有省级管理人员和责任单位可以办理。")
    if task.state != TaskState.RUNNING:
        raise WrongState(f"任务{task.get_state_display()}，不能修改。")
    return task


def _lock_step(milestone_id: int, by: User) -> tuple[Milestone, WorkTask]:
    """A milestone and its running task, the task locked first: always in this order."""
    found = Milestone.objects.visible_to(by).filter(pk=milestone_id).values_list("task_id", flat=True).first()
    if found is None:
        raise NotFound("没有这个任务节点。")
    task = lock(WorkTask, by, pk=found)
    if task.state != TaskState.RUNNING:
        raise WrongState(f"任务{task.get_state_display()}，不能修改节点。")
    return lock(Milestone, by, pk=milestone_id), task


def _decide(task: WorkTask, to: TaskState, by: User, note: str, **values: Any) -> None:
    move(task, TASK_FLOW, to, by=by, note=note, **values)
    record(by=by, verb=f"工作任务{to.label}", target=task, note=note)
    publish(f"stats.task.{to}", key=task.ref, task_ref=task.ref, city_code=task.city_code)


def _address(task: WorkTask) -> str:
    return reverse("admin:stats_worktask_change", args=[task.pk])


def _tell(task: WorkTask, what: str, body: str) -> None:
    """The owner where one is named, else the authority that carries the task."""
    title = f"{what}：{task.title}"
    if task.owner is not None:
        notify_person(reader=task.owner, kind="stats.task", title=title, body=body, link=_address(task))
    elif (authority := authority_of(task.city_code)) is not None:
        notify(recipient=authority, kind="stats.task", title=title, body=body, link=_address(task))
