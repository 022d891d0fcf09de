"""Verbs of a call and of an application up to its decision."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from patents.enums.cultivation import (
    APPLICATION_EDITABLE,
    REQUIRED_DOCUMENTS,
    ApplicantKind,
    ApplicationDocument,
    ApplicationState,
    CallState,
    ReviewState,
)
from patents.models import Centre, CentreApplication, CentreReview, CultivationCall
from patents.policy import cultivation as policy
from patents.queries import cultivation as queries
from patents.services.moves import (
    lock,
    move,
    own_organisation,
    require_past,
    require_role,
    require_text,
    rule_on,
)
from patents.workflow.cultivation import APPLICATION_FLOW, CALL_FLOW, REVIEW_FLOW
from portal import clock, refs
from portal.accounts.enums import OrganisationKind, Role
from portal.accounts.models import User
from portal.attachments import services as attachments
from portal.attachments.models import Attachment
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotFound, WrongState
from portal.notices.services import notify, notify_person
from portal.outbox.services import publish

REVIEW_RULE = "cultivation_review"
_APPLICANTS = (Role.HOLDER, Role.SME)
_KIND_OF = {
    OrganisationKind.UNIVERSITY: ApplicantKind.UNIVERSITY,
    OrganisationKind.INSTITUTE: ApplicantKind.INSTITUTE,
    OrganisationKind.SME: ApplicantKind.SERVICE,
}


@dataclass(frozen=True, slots=True)
class CallTerms:
    """What a call offers and asks for."""

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
class CentrePlan:
    """What an applicant wants to do."""

    name: str
    technical_field: str
    leader_name: str
    team_names: str
    partner_names: str
    basis: str
    plan: str
    high_value_target: int
    transfer_target: int

    def values(self) -> dict[str, Any]:
        """The columns."""
        return {name: getattr(self, name) for name in self.__slots__}


@transaction.atomic
def save_call(*, by: User, terms: CallTerms, call_id: int | None = None) -> CultivationCall:
    """Draft a call, or change one that is not published yet."""
    require_role(by, Role.PROVINCE, message="申报批次由省级管理人员发布。")
    check_terms(terms)
    if call_id is None:
        pk, ref = refs.reserve(CultivationCall, "PY")
        call = CultivationCall.objects.create(pk=pk, ref=ref, **terms.values())
    else:
        call = lock(CultivationCall, by, pk=call_id)
        if call.state != CallState.DRAFT:
            raise WrongState("批次已经发布，不能修改。")
        CultivationCall.objects.filter(pk=call.pk).update(**terms.values())
        call.refresh_from_db()
    record(by=by, verb="保存申报批次", target=call, quota=terms.quota)
    return call


@transaction.atomic
def publish_call(*, call_id: int, by: User) -> CultivationCall:
    """Make a call public; its criteria are those of the review rule in force today."""
    call = lock(CultivationCall, by, pk=call_id)
    parameters = rule_on(REVIEW_RULE, clock.today(), "专家评审").parameters
    move(
        call,
        CALL_FLOW,
        CallState.PUBLISHED,
        by=by,
        criteria=parameters["criteria"],
        min_experts=parameters["min_experts"],
        spread_warning=parameters["spread_warning"],
        published_at=clock.now(),
    )
    record(by=by, verb="发布申报批次", target=call)
    publish("patents.cultivation_call.published", key=call.ref, call_ref=call.ref)
    return call


@transaction.atomic
def close_call(*, call_id: int, by: User) -> CultivationCall:
    """End a call when each application is decided."""
    call = lock(CultivationCall, by, pk=call_id)
    waiting = call.applications.filter(state__in=[ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW]).count()
    if waiting:
        raise WrongState(f"还有 {waiting} 项申报没有决定，不能结束批次。")
    move(call, CALL_FLOW, CallState.CLOSED, by=by)
    record(by=by, verb="结束申报批次", target=call)
    publish("patents.cultivation_call.closed", key=call.ref, call_ref=call.ref)
    return call


@transaction.atomic
def attach_call_document(*, call_id: int, by: User, file: Any, file_name: str) -> Attachment:
    """Add the notice of a call."""
    require_role(by, Role.PROVINCE, message="申报批次由省级管理人员发布。")
    call = lock(CultivationCall, by, pk=call_id)
    return attachments.attach(target=call, purpose="notice", file=file, file_name=file_name, by=by)


@transaction.atomic
def open_application(*, by: User, call_ref: str, plan: CentrePlan) -> CentreApplication:
    """Start a draft in a call that is open today; an organisation applies once in a call.

    Universities, institutes and service bodies apply (plan item 1); a service body is registered as a firm.
    """
    applicant = own_organisation(by, *_APPLICANTS)
    kind = _KIND_OF.get(OrganisationKind(applicant.kind))
    if kind is None:
        raise Invalid("高校、科研院所和知识产权服务机构可以申报，本单位类型不在其中。", code="not_eligible")
    call = CultivationCall.objects.filter(ref=call_ref, state=CallState.PUBLISHED).first()
    if call is None:
        raise NotFound("没有这个申报批次。")
    _require_open(call)
    _check_plan(plan)
    pk, ref = refs.reserve(CentreApplication, "SB")
    try:
        with transaction.atomic():
            application = CentreApplication.objects.create(
                pk=pk, ref=ref, call=call, organisation=applicant, applicant_kind=kind, **plan.values()
            )
    except IntegrityError as error:
        raise Conflict("本单位在该批次已有申报，每个批次只能申报一项。", code="applied_already") from error
    record(by=by, verb="新建培育中心申报", target=application)
    return application


@transaction.atomic
def change_application(*, application_id: int, by: User, plan: CentrePlan) -> CentreApplication:
    """Change a draft, or an application that was returned."""
    application = _lock_own(application_id, by)
    _require_editable(application)
    _check_plan(plan)
    for name, value in plan.values().items():
        setattr(application, name, value)
    application.save(update_fields=[*plan.values(), "updated_at"])
    record(by=by, verb="修改培育中心申报", target=application)
    return application


@transaction.atomic
def attach_document(*, application_id: int, by: User, purpose: str, file: Any, file_name: str) -> Attachment:
    """Add a document while the application is with the applicant."""
    application = _lock_own(application_id, by)
    _require_editable(application)
    if purpose not in ApplicationDocument.values:
        raise Invalid("请从列出的材料种类中选择。", field="purpose")
    return attachments.attach(target=application, purpose=purpose, file=file, file_name=file_name, by=by)


@transaction.atomic
def remove_document(*, application_id: int, by: User, attachment_id: int) -> None:
    """Take a document away while the application is with the applicant."""
    application = _lock_own(application_id, by)
    _require_editable(application)
    attachments.remove(target=application, attachment_id=attachment_id, by=by)


@transaction.atomic
def submit_application(*, application_id: int, by: User) -> CentreApplication:
    """Hand an application in. After the closing day only one that was returned can be handed in again."""
    application = _lock_own(application_id, by)
    if application.state == ApplicationState.DRAFT:
        _require_open(application.call)
    given = set(Attachment.objects.of(application).values_list("purpose", flat=True))
    if missing := [one.label for one in REQUIRED_DOCUMENTS if one not in given]:
        raise Invalid(f"还缺材料：{'、'.join(missing)}。", code="documents_missing")
    _decide(application, ApplicationState.SUBMITTED, by=by, submitted_at=clock.now(), note="")
    return application


@transaction.atomic
def withdraw_application(*, application_id: int, by: User) -> CentreApplication:
    """Take an application back that no expert has got."""
    application = _lock_own(application_id, by)
    _decide(application, ApplicationState.WITHDRAWN, by=by)
    return application


@transaction.atomic
def return_application(*, application_id: int, by: User, note: str) -> CentreApplication:
    """Give an application back, saying what to change."""
    note = require_text(note, "请填写退回意见。", field="note")
    application = lock(CentreApplication, by, pk=application_id)
    _decide(application, ApplicationState.RETURNED, by=by, note=note)
    _tell(application, "退回修改", note)
    return application


@transaction.atomic
def assign_expert(*, application_id: int, by: User, username: str) -> CentreReview:
    """Ask an expert, a person with an account here, for a judgement; the first one starts the review.

    Raises:
        Invalid: there is no such account, or a conflict of interest speaks against it.
        Conflict: the expert has been asked already.
    """
    application = lock(CentreApplication, by, pk=application_id)
    if application.state != ApplicationState.IN_REVIEW:
        APPLICATION_FLOW.require(application.state, ApplicationState.IN_REVIEW, actor=by)
    require_role(by, Role.PROVINCE, message="专家由省级管理人员指派。")
    expert = User.objects.select_related("organisation").filter(username=username.strip(), is_active=True).first()
    if expert is None or expert.role not in _APPLICANTS:
        raise Invalid("没有这个专家账号；专家须是高校、院所、国有企业或企业的在用账号。", field="username")
    if against := queries.conflicts_of(expert, application):
        raise Invalid(f"须回避：{'；'.join(against)}。", field="username", code="conflict_of_interest")
    review, is_new = CentreReview.objects.get_or_create(application=application, expert=expert)
    if not is_new:
        raise Conflict("该专家已在本项评审中。", field="username")
    if application.state == ApplicationState.SUBMITTED:
        _decide(application, ApplicationState.IN_REVIEW, by=by)
    record(by=by, verb="指派专家", target=application, review_id=review.pk)
    title = f"请您评审：{application.name}"
    notify_person(reader=expert, kind="patents.centre_review", title=title, link=review.get_absolute_url())
    return review


@transaction.atomic
def score_review(*, review_id: int, by: User, no_conflict: bool, scores: dict[str, int], comment: str) -> CentreReview:
    """An expert's points per criterion and his opinion, given once and alone; he declares that he has no interest."""
    review = lock(CentreReview, by, pk=review_id)
    REVIEW_FLOW.require(review.state, ReviewState.SCORED, actor=by)
    application = _lock_in_review(review)
    if not no_conflict:
        raise Invalid("请声明与申报单位、团队没有利害关系；有利害关系的应当回避。", field="no_conflict")
    total = policy.total_score(application.call.criteria, scores)
    comment = require_text(comment, "请填写评审意见。", field="comment")
    now = clock.now()
    move(
        review,
        REVIEW_FLOW,
        ReviewState.SCORED,
        by=by,
        scores=scores,
        total=total,
        comment=comment,
        no_conflict_at=now,
        finished_at=now,
    )
    record(by=by, verb="完成专家评审", target=review, total=total)
    publish("patents.centre_review.scored", key=application.ref, application_ref=application.ref, review_id=review.pk)
    return review


@transaction.atomic
def decline_review(*, review_id: int, by: User, reason: str) -> CentreReview:
    """An expert steps back; the province asks another."""
    review = lock(CentreReview, by, pk=review_id)
    reason = require_text(reason, "请填写回避理由。", field="reason")
    move(review, REVIEW_FLOW, ReviewState.DECLINED, by=by, decline_reason=reason, finished_at=clock.now())
    record(by=by, verb="专家回避", target=review, note=reason)
    publish(
        "patents.centre_review.declined",
        key=review.application.ref,
        application_ref=review.application.ref,
        review_id=review.pk,
    )
    return review


@transaction.atomic
def recognise(*, application_id: int, by: User, document_number: str, recognised_on: dt.date) -> Centre:
    """Recognise a centre after enough experts have judged, within the call's quota; it gets its number and validity.

    Validity is the review rule's number of years, counted from the day of recognition, whose last day is the day
    before the anniversary. Two officials at once: the call's row makes one wait for the other.

    Raises:
        WrongState: too few experts have scored, or one still has to.
        Conflict: the quota is used up.
    """
    application = lock(CentreApplication, by, pk=application_id)
    call = CultivationCall.objects.select_for_update(of=("self",)).get(pk=application.call_id)
    APPLICATION_FLOW.require(application.state, ApplicationState.RECOGNISED, actor=by)
    document_number = require_text(document_number, "请填写认定文号。", field="document_number")
    require_past(recognised_on, "认定日", field="recognised_on")
    _require_judged(application, call)
    if call.applications.filter(state=ApplicationState.RECOGNISED).count() >= call.quota:
        raise Conflict(f"该批次名额 {call.quota} 个已用完。", code="quota_used_up")
    years = rule_on(REVIEW_RULE, recognised_on, "专家评审").parameters["validity_years"]
    _decide(application, ApplicationState.RECOGNISED, by=by, decided_at=clock.now(), note=document_number)
    pk, number = refs.reserve(Centre, "PYZX")
    centre = Centre.objects.create(
        pk=pk,
        number=number,
        application=application,
        organisation=application.organisation,
        name=application.name,
        technical_field=application.technical_field,
        document_number=document_number,
        recognised_on=recognised_on,
        valid_until=queries.end_of_validity(recognised_on, years),
    )
    record(by=by, verb="认定培育中心", target=centre, document_number=document_number)
    publish("patents.centre.recognised", key=number, centre_number=number, organisation_id=application.organisation_id)
    _tell(application, "已认定", f"认定编号 {number}，有效期至 {centre.valid_until}。")
    return centre


@transaction.atomic
def turn_down(*, application_id: int, by: User, note: str) -> CentreApplication:
    """Decide against an application, with the reason."""
    note = require_text(note, "请填写未认定的理由。", field="note")
    application = lock(CentreApplication, by, pk=application_id)
    _decide(application, ApplicationState.NOT_RECOGNISED, by=by, note=note, decided_at=clock.now())
    _tell(application, "未认定", note)
    return application


def check_terms(terms: CallTerms) -> None:
    """Raise Invalid, naming the field, for a call that cannot be."""
    require_text(terms.title, "请填写名称。", field="title")
    require_text(terms.conditions, "请填写申报条件。", field="conditions")
    if terms.closes_on < terms.opens_on:
        raise Invalid("截止日不能早于开始日。", field="closes_on")
    if terms.quota < 1:
        raise Invalid("名额至少为 1。", field="quota")


def _require_open(call: CultivationCall) -> None:
    if call.state != CallState.PUBLISHED or not call.opens_on <= clock.today() <= call.closes_on:
        raise WrongState(f"申报时间为 {call.opens_on} 至 {call.closes_on}，现在不能申报。")


def _check_plan(plan: CentrePlan) -> None:
    labels = {
        "name": "中心名称",
        "technical_field": "技术领域",
        "leader_name": "负责人",
        "basis": "工作基础",
        "plan": "培育方案",
    }
    for name, label in labels.items():
        require_text(getattr(plan, name), f"请填写{label}。", field=name)
    for name in ("high_value_target", "transfer_target"):
        if getattr(plan, name) < 1:
            raise Invalid("目标至少为 1 件。", field=name)


def _lock_own(application_id: int, by: User) -> CentreApplication:
    # An expert sees the application too, and must not change it.
    owner = own_organisation(by, *_APPLICANTS)
    return lock(CentreApplication, by, pk=application_id, organisation=owner)


def _lock_in_review(review: CentreReview) -> CentreApplication:
    application = CentreApplication.objects.select_for_update(of=("self",)).get(pk=review.application_id)
    if application.state != ApplicationState.IN_REVIEW:
        raise WrongState("该申报的评审已经结束。")
    return application


def _require_editable(application: CentreApplication) -> None:
    if application.state not in APPLICATION_EDITABLE:
        raise WrongState(f"当前状态为“{application.get_state_display()}”，不能修改。")


def _require_judged(application: CentreApplication, call: CultivationCall) -> None:
    states = list(application.reviews.values_list("state", flat=True))
    if ReviewState.ASSIGNED in states:
        raise WrongState("还有专家没有完成评审。", code="reviews_open")
    scored = states.count(ReviewState.SCORED)
    if scored < call.min_experts:
        raise WrongState(f"至少须有 {call.min_experts} 位专家评分，现有 {scored} 位。", code="too_few_reviews")


def _decide(application: CentreApplication, to: ApplicationState, *, by: User, **values: Any) -> None:
    move(application, APPLICATION_FLOW, to, by=by, **values)
    record(by=by, verb=f"培育中心申报{to.label}", target=application, note=str(values.get("note", "")))
    publish(
        f"patents.centre_application.{to}",
        key=application.ref,
        application_ref=application.ref,
        call_ref=application.call.ref,
    )


def _tell(application: CentreApplication, what: str, body: str) -> None:
    notify(
        recipient=application.organisation,
        kind="patents.centre_application",
        title=f"培育中心申报 {application.ref} {what}",
        body=body,
        link=application.get_absolute_url(),
    )
