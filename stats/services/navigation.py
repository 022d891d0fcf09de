"""Verbs of navigation calls and applications up to their decision."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from patents.enums.cultivation import CallState, ReviewState
from patents.policy.cultivation import total_score
from patents.services.moves import lock, move, own_organisation, require_past, require_role, require_text, rule_on
from patents.workflow.cultivation import CALL_FLOW, REVIEW_FLOW
from portal import clock, refs
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.attachments import services as attachments
from portal.attachments.models import Attachment
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotFound, WrongState
from portal.notices.services import notify, notify_person
from portal.outbox.services import publish
from stats.enums.navigation import (
    APPLICATION_EDITABLE,
    REQUIRED_DOCUMENTS,
    ApplicationDocument,
    ApplicationState,
    NavigationKind,
)
from stats.models.navigation import (
    NavigationApplication,
    NavigationCall,
    NavigationMilestone,
    NavigationProject,
    NavigationReview,
)
from stats.queries.navigation import conflicts_of
from stats.workflow.navigation import APPLICANTS, APPLICATION_FLOW

REVIEW_RULE = "navigation_review"
FINAL_REPORT = "提交成果报告"


@dataclass(frozen=True, slots=True)
class CallTerms:
    """What a call offers and asks for."""

    kind: str
    year: int
    title: str
    document_number: str
    opens_on: dt.date
    closes_on: dt.date
    quota: int
    conditions: str

    def values(self) -> dict[str, Any]:
        """The columns."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """What an applicant wants to do; `requested_amount` in yuan, 0 for a project without support."""

    name: str
    industry: str
    leader_name: str
    team_names: str
    partner_names: str
    basis: str
    plan: str
    results: str
    requested_amount: Decimal

    def values(self) -> dict[str, Any]:
        """The columns."""
        return {name: getattr(self, name) for name in self.__slots__}


@transaction.atomic
def save_call(*, by: User, terms: CallTerms, call_id: int | None = None) -> NavigationCall:
    """Draft a call, or change one that is not published yet."""
    require_role(by, Role.PROVINCE, message="申报批次由省级管理人员发布。")
    check_terms(terms)
    if call_id is None:
        pk, ref = refs.reserve(NavigationCall, "DH")
        call = NavigationCall.objects.create(pk=pk, ref=ref, **terms.values())
    else:
        call = lock(NavigationCall, by, pk=call_id)
        if call.state != CallState.DRAFT:
            raise WrongState("批次已经发布，不能修改。")
        NavigationCall.objects.filter(pk=call.pk).update(**terms.values())
        call.refresh_from_db()
    record(by=by, verb="保存专利导航批次", target=call, quota=terms.quota)
    return call


def check_terms(terms: CallTerms) -> None:
    """Raise Invalid, naming the field, for a call that cannot be."""
    require_text(terms.title, "请填写名称。", field="title")
    require_text(terms.conditions, "请填写申报条件。", field="conditions")
    if terms.kind not in NavigationKind.values:
        raise Invalid("请选择类别。", field="kind")
    if terms.closes_on < terms.opens_on:
        raise Invalid("截止日不能早于开始日。", field="closes_on")
    if terms.quota < 1:
        raise Invalid("立项数至少为 1。", field="quota")


@transaction.atomic
def publish_call(*, call_id: int, by: User) -> NavigationCall:
    """Make a call public; its criteria are those of the review rule in force today."""
    call = lock(NavigationCall, by, pk=call_id)
    parameters = rule_on(REVIEW_RULE, clock.today(), "专家评审").parameters
    values = {name: parameters[name] for name in ("criteria", "min_experts", "spread_warning")}
    move(call, CALL_FLOW, CallState.PUBLISHED, by=by, published_at=clock.now(), **values)
    record(by=by, verb="发布专利导航批次", target=call)
    publish("stats.navigation_call.published", key=call.ref, call_ref=call.ref)
    return call


@transaction.atomic
def close_call(*, call_id: int, by: User) -> NavigationCall:
    """End a call when each application is decided."""
    call = lock(NavigationCall, by, pk=call_id)
    waiting = call.applications.filter(state__in=[ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW]).count()
    if waiting:
        raise WrongState(f"还有 {waiting} 项申报没有决定，不能结束批次。")
    move(call, CALL_FLOW, CallState.CLOSED, by=by)
    record(by=by, verb="结束专利导航批次", target=call)
    publish("stats.navigation_call.closed", key=call.ref, call_ref=call.ref)
    return call


@transaction.atomic
def save_application(
    *, by: User, plan: ProjectPlan, call_ref: str = "", application_id: int | None = None
) -> NavigationApplication:
    """Start an application in an open call, or change the own one.

    Raises:
        WrongState: the call takes no applications today, or the application is with the officials.
        Conflict: the organisation applied for the industry in this call already.
    """
    organisation = own_organisation(by, *APPLICANTS)
    _check_plan(plan)
    try:
        with transaction.atomic():
            if application_id is not None:
                application = lock_editable(application_id, by)
                for name, value in plan.values().items():
                    setattr(application, name, value)
                application.save(update_fields=[*plan.values(), "updated_at"])
            else:
                call = NavigationCall.objects.exclude(state=CallState.DRAFT).filter(ref=call_ref).first()
                if call is None:
                    raise NotFound("没有这个申报批次。")
                _require_open(call)
                pk, ref = refs.reserve(NavigationApplication, "DHSB")
                application = NavigationApplication.objects.create(
                    pk=pk, ref=ref, call=call, organisation=organisation, **plan.values()
                )
    except IntegrityError as error:
        raise Conflict("本单位在该批次已申报这个产业。", field="industry", code="applied_already") from error
    record(by=by, verb="保存专利导航申报", target=application)
    return application


def _require_open(call: NavigationCall) -> None:
    if call.state != CallState.PUBLISHED or not call.opens_on <= clock.today() <= call.closes_on:
        raise WrongState(f"申报时间为 {call.opens_on} 至 {call.closes_on}，现在不能申报。")


def _check_plan(plan: ProjectPlan) -> None:
    labels = {
        "name": "项目名称",
        "industry": "导航产业（园区）",
        "leader_name": "负责人",
        "basis": "工作基础",
        "plan": "实施方案",
        "results": "预期成果",
    }
    for name, label in labels.items():
        require_text(getattr(plan, name), f"请填写{label}。", field=name)
    if plan.requested_amount < 0:
        raise Invalid("申请经费不能为负数。", field="requested_amount")


@transaction.atomic
def attach_document(*, application_id: int, by: User, purpose: str, file: Any, file_name: str) -> Attachment:
    """Add a document while the application is with the applicant."""
    application = lock_editable(application_id, by)
    if purpose not in ApplicationDocument.values:
        raise Invalid("请选择材料种类。", field="purpose")
    return attachments.attach(target=application, purpose=purpose, file=file, file_name=file_name, by=by)


@transaction.atomic
def submit_application(*, application_id: int, by: User) -> NavigationApplication:
    """Hand the application in, with form and commitment; a returned one also after the call's last day."""
    application = lock_editable(application_id, by)
    APPLICATION_FLOW.require(application.state, ApplicationState.SUBMITTED, actor=by)
    if application.state == ApplicationState.DRAFT:
        _require_open(application.call)
    given = set(Attachment.objects.of(application).values_list("purpose", flat=True))
    if missing := [str(one.label) for one in REQUIRED_DOCUMENTS if one not in given]:
        raise Invalid(f"还缺材料：{'、'.join(missing)}。", code="documents_missing")
    _decide(application, ApplicationState.SUBMITTED, by=by, submitted_at=clock.now(), note="")
    return application


@transaction.atomic
def withdraw_application(*, application_id: int, by: User) -> NavigationApplication:
    """Take an application back that no expert has got."""
    application = _lock_own(application_id, by)
    _decide(application, ApplicationState.WITHDRAWN, by=by)
    return application


@transaction.atomic
def return_application(*, application_id: int, by: User, note: str) -> NavigationApplication:
    """Give an application back, saying what to change."""
    note = require_text(note, "请填写退回意见。", field="note")
    application = lock(NavigationApplication, by, pk=application_id)
    _decide(application, ApplicationState.RETURNED, by=by, note=note)
    _tell(application, "退回修改", note)
    return application


@transaction.atomic
def turn_down(*, application_id: int, by: User, note: str) -> NavigationApplication:
    """Decide against an application, with the reason."""
    note = require_text(note, "请填写未立项的理由。", field="note")
    application = lock(NavigationApplication, by, pk=application_id)
    _decide(application, ApplicationState.NOT_APPROVED, by=by, note=note, decided_at=clock.now())
    _tell(application, "未立项", note)
    return application


@transaction.atomic
def assign_expert(*, application_id: int, by: User, username: str) -> NavigationReview:
    """Ask an expert, a person with an account here, for a judgement; the first one starts the review.

    Raises:
        Invalid: there is no such account, or a conflict of interest speaks against it.
        Conflict: the expert has been asked already.
    """
    application = lock(NavigationApplication, by, pk=application_id)
    require_role(by, Role.PROVINCE, message="专家由省级管理人员指派。")
    if application.state != ApplicationState.IN_REVIEW:
        APPLICATION_FLOW.require(application.state, ApplicationState.IN_REVIEW, actor=by)
    expert = User.objects.select_related("organisation").filter(username=username.strip(), is_active=True).first()
    if expert is None or expert.role not in APPLICANTS:
        raise Invalid("没有这个专家账号；专家须是高校、院所、国有企业或企业的在用账号。", field="username")
    if against := conflicts_of(expert, application):
        raise Invalid(f"须回避：{'；'.join(against)}。", field="username", code="conflict_of_interest")
    review, is_new = NavigationReview.objects.get_or_create(application=application, expert=expert)
    if not is_new:
        raise Conflict("该专家已在本项评审中。", field="username")
    if application.state == ApplicationState.SUBMITTED:
        _decide(application, ApplicationState.IN_REVIEW, by=by)
    record(by=by, verb="指派专家", target=application, review_id=review.pk)
    title = f"请您评审：{application.name}"
    notify_person(reader=expert, kind="stats.navigation_review", title=title, link=review.get_absolute_url())
    return review


@transaction.atomic
def score_review(
    *, review_id: int, by: User, no_conflict: bool, scores: dict[str, int], comment: str
) -> NavigationReview:
    """An expert's points per criterion and his opinion, given once and alone; he declares that he has no interest."""
    review = lock(NavigationReview, by, pk=review_id)
    REVIEW_FLOW.require(review.state, ReviewState.SCORED, actor=by)
    application = NavigationApplication.objects.select_for_update(of=("self",)).get(pk=review.application_id)
    if application.state != ApplicationState.IN_REVIEW:
        raise WrongState("该申报的评审已经结束。")
    if not no_conflict:
        raise Invalid("请声明与申报单位、团队没有利害关系；有利害关系的应当回避。", field="no_conflict")
    total = total_score(application.call.criteria, scores)
    comment = require_text(comment, "请填写评审意见。", field="comment")
    now = clock.now()
    values = {"scores": scores, "total": total, "comment": comment, "no_conflict_at": now, "finished_at": now}
    move(review, REVIEW_FLOW, ReviewState.SCORED, by=by, **values)
    record(by=by, verb="完成专家评审", target=review, total=total)
    publish("stats.navigation_review.scored", key=application.ref, application_ref=application.ref)
    return review


@transaction.atomic
def decline_review(*, review_id: int, by: User, reason: str) -> NavigationReview:
    """An expert steps back; the province asks another."""
    review = lock(NavigationReview, by, pk=review_id)
    reason = require_text(reason, "请填写回避理由。", field="reason")
    move(review, REVIEW_FLOW, ReviewState.DECLINED, by=by, decline_reason=reason, finished_at=clock.now())
    record(by=by, verb="专家回避", target=review, note=reason)
    publish("stats.navigation_review.declined", key=review.application.ref, application_ref=review.application.ref)
    return review


@transaction.atomic
def approve_application(
    *, application_id: int, by: User, document_number: str, approved_on: dt.date, due_on: dt.date
) -> NavigationProject:
    """Approve a project after enough experts have judged, within the call's number; the final report is its last step.

    Two officials at once: the call's row makes one wait for the other.

    Raises:
        WrongState: too few experts have scored, or one still has to.
        Conflict: the call's number of projects is used up.
    """
    application = lock(NavigationApplication, by, pk=application_id)
    call = NavigationCall.objects.select_for_update(of=("self",)).get(pk=application.call_id)
    APPLICATION_FLOW.require(application.state, ApplicationState.APPROVED, actor=by)
    document_number = require_text(document_number, "请填写立项文号。", field="document_number")
    require_past(approved_on, "立项日", field="approved_on")
    if due_on <= approved_on:
        raise Invalid("完成时限应晚于立项日。", field="due_on")
    _require_judged(application, call)
    if call.applications.filter(state=ApplicationState.APPROVED).count() >= call.quota:
        raise Conflict(f"该批次立项数 {call.quota} 个已用完。", code="quota_used_up")
    _decide(application, ApplicationState.APPROVED, by=by, decided_at=clock.now(), note=document_number)
    pk, number = refs.reserve(NavigationProject, "DHXM")
    project = NavigationProject.objects.create(
        pk=pk,
        number=number,
        application=application,
        organisation=application.organisation,
        kind=call.kind,
        name=application.name,
        industry=application.industry,
        document_number=document_number,
        approved_on=approved_on,
        due_on=due_on,
    )
    NavigationMilestone.objects.create(project=project, title=FINAL_REPORT, due_on=due_on)
    record(by=by, verb="专利导航项目立项", target=project, document_number=document_number)
    publish("stats.navigation.approved", key=number, project_number=number, approved_on=str(approved_on))
    _tell(application, "已立项", f"项目编号 {number}，{due_on} 前完成。")
    return project


def _require_judged(application: NavigationApplication, call: NavigationCall) -> None:
    states = list(application.reviews.values_list("state", flat=True))
    if ReviewState.ASSIGNED in states:
        raise WrongState("还有专家没有完成评审。", code="reviews_open")
    scored = states.count(ReviewState.SCORED)
    if scored < call.min_experts:
        raise WrongState(f"至少须有 {call.min_experts} 位专家评分，现有 {scored} 位。", code="too_few_reviews")


def _lock_own(application_id: int, by: User) -> NavigationApplication:
    # An expert sees the application too, and must not change it.
    owner = own_organisation(by, *APPLICANTS)
    return lock(NavigationApplication, by, pk=application_id, organisation=owner)


def lock_editable(application_id: int, by: User) -> NavigationApplication:
    """The own application, locked, while it is with the applicant."""
    application = _lock_own(application_id, by)
    if application.state not in APPLICATION_EDITABLE:
        raise WrongState(f"当前状态为“{application.get_state_display()}”，不能修改。")
    return application


def _decide(application: NavigationApplication, to: ApplicationState, *, by: User, **values: Any) -> None:
    move(application, APPLICATION_FLOW, to, by=by, **values)
    record(by=by, verb=f"专利导航申报{to.label}", target=application, note=str(values.get("note", "")))
    publish(f"stats.navigation_application.{to}", key=application.ref, application_ref=application.ref)


def _tell(application: NavigationApplication, what: str, body: str) -> None:
    notify(
        recipient=application.organisation,
        kind="stats.navigation",
        title=f"专利导航申报 {application.ref} {what}",
        body=body,
        link=application.get_absolute_url(),
    )
