"""Verbs of the yearly evaluation: scheme, self-report, evidence, score, announcement, appeal."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from patents.services.moves import lock, move, require_role, require_text, rule_on
from portal import clock, refs, regions
from portal.accounts.enums import OrganisationKind, Role
from portal.accounts.models import Organisation, User
from portal.attachments import services as attachments
from portal.attachments.models import Attachment
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.services import Message, notify_many
from portal.outbox.services import publish
from portal.working_days import add_working_days
from stats.enums.evaluation import WITH_CITY, AppealState, EvaluationState, SchemeState
from stats.models.evaluation import CityEvaluation, EvaluationAppeal, EvaluationScheme
from stats.policy.evaluation import check_criteria, check_scores, grade_of
from stats.workflow.evaluation import APPEAL_FLOW, EVALUATION_FLOW, SCHEME_FLOW

RULE = "city_evaluation"
MOST_CRITERIA = 30


@dataclass(frozen=True, slots=True)
class SchemeTerms:
    """What a year's evaluation is; `appeal_days` in working days."""

    year: int
    title: str
    document_number: str
    due_on: dt.date
    appeal_days: int

    def values(self) -> dict[str, Any]:
        """The columns."""
        return {name: getattr(self, name) for name in self.__slots__}


@transaction.atomic
def save_scheme(*, by: User, terms: SchemeTerms, scheme_id: int | None = None) -> EvaluationScheme:
    """Draft a year's scheme with the criteria of the last one, or of the shipped default; or change a draft.

    Raises:
        Conflict: the year has a scheme.
    """
    require_role(by, Role.PROVINCE, message="评价方案由省级管理人员制定。")
    require_text(terms.title, "请填写名称。", field="title")
    if not 1 <= terms.appeal_days <= 60:  # noqa: PLR2004 the bounds say themselves
        raise Invalid("申诉期应为 1 至 60 个工作日。", field="appeal_days")
    try:
        with transaction.atomic():
            if scheme_id is None:
                pk, ref = refs.reserve(EvaluationScheme, "PJ")
                scheme = EvaluationScheme.objects.create(pk=pk, ref=ref, **terms.values(), **_criteria(terms.year))
            else:
                scheme = _lock_draft(scheme_id, by)
                for name, value in terms.values().items():
                    setattr(scheme, name, value)
                scheme.save(update_fields=list(terms.values()))
    except IntegrityError as error:
        raise Conflict(f"{terms.year} 年已有评价方案。", field="year", code="year_taken") from error
    record(by=by, verb="保存评价方案", target=scheme)
    return scheme


def _criteria(year: int) -> dict[str, Any]:
    last = EvaluationScheme.objects.exclude(state=SchemeState.DRAFT).filter(year__lt=year).order_by("-year").first()
    if last is not None:
        return {"criteria": last.criteria, "grades": last.grades}
    parameters = rule_on(RULE, dt.date(year, 1, 1), "年度评价").parameters
    return {"criteria": parameters["criteria"], "grades": parameters["grades"]}


@transaction.atomic
def add_criterion(*, scheme_id: int, by: User, label: str, points: int, guide: str = "") -> EvaluationScheme:
    """Judge by one thing more, with up to `points`."""
    scheme = _lock_draft(scheme_id, by)
    label = require_text(label, "请填写指标。", field="label")
    if label in [row["label"] for row in scheme.criteria]:
        raise Conflict("方案中已有同名指标。", field="label")
    if points < 1:
        raise Invalid("满分至少为 1 分。", field="points")
    if len(scheme.criteria) >= MOST_CRITERIA:
        raise Invalid(f"最多 {MOST_CRITERIA} 项指标。", field="label")
    number = max((int(row["code"].removeprefix("c")) for row in scheme.criteria), default=0) + 1
    scheme.criteria = [
        *scheme.criteria,
        {"code": f"c{number}", "label": label, "max": points, "guide": guide.strip()},
    ]
    scheme.save(update_fields=["criteria"])
    record(by=by, verb="增加评价指标", target=scheme, label=label, points=points)
    return scheme


@transaction.atomic
def drop_criterion(*, scheme_id: int, by: User, code: str) -> EvaluationScheme:
    """Judge by one thing less."""
    scheme = _lock_draft(scheme_id, by)
    left = [row for row in scheme.criteria if row["code"] != code]
    if len(left) == len(scheme.criteria):
        raise Invalid("方案中没有这个指标。", field="code")
    scheme.criteria = left
    scheme.save(update_fields=["criteria"])
    record(by=by, verb="删除评价指标", target=scheme, code=code)
    return scheme


@transaction.atomic
def publish_scheme(*, scheme_id: int, by: User) -> EvaluationScheme:
    """Ask all cities to judge themselves; from now on the database refuses to change the criteria."""
    scheme = _lock_draft(scheme_id, by)
    check_criteria(scheme.criteria)
    if scheme.due_on < clock.today():
        raise Invalid("自评截止日不能早于今天。", field="due_on", code="due_on")
    move(scheme, SCHEME_FLOW, SchemeState.PUBLISHED, by=by, published_at=clock.now())
    made = CityEvaluation.objects.bulk_create(
        CityEvaluation(scheme=scheme, city_code=code, due_on=scheme.due_on) for code in regions.CITIES
    )
    record(by=by, verb="发布评价方案", target=scheme)
    publish("stats.evaluation.published", key=scheme.ref, scheme_ref=scheme.ref)
    _tell(made, f"请自评：{scheme}", f"{scheme.due_on} 前报送自评和佐证材料。")
    return scheme


@transaction.atomic
def attach_evidence(*, evaluation_id: int, by: User, criterion: str, file: Any, file_name: str) -> Attachment:
    """Add evidence for one criterion while the self-report is with the city."""
    evaluation = _lock_own(evaluation_id, by)
    if evaluation.state not in WITH_CITY:
        raise WrongState(f"自评{evaluation.get_state_display()}，不能上传材料。")
    _label(evaluation, criterion)
    return attachments.attach(target=evaluation, purpose=criterion, file=file, file_name=file_name, by=by)


@transaction.atomic
def submit_evaluation(
    *, evaluation_id: int, by: User, scores: Mapping[str, int], statements: Mapping[str, str]
) -> CityEvaluation:
    """A city's points for itself, each with a statement; what it gives itself points for must carry evidence.

    Raises:
        Invalid: points that cannot be, a statement or evidence that lacks; `field` is the criterion.
    """
    evaluation = _lock_own(evaluation_id, by)
    EVALUATION_FLOW.require(evaluation.state, EvaluationState.SUBMITTED, actor=by)
    criteria = evaluation.scheme.criteria
    total = check_scores(criteria, scores)
    proven = set(Attachment.objects.of(evaluation).values_list("purpose", flat=True))
    for row in criteria:
        require_text(statements.get(row["code"], ""), f"请填写“{row['label']}”的说明。", field=row["code"])
        if scores[row["code"]] > 0 and row["code"] not in proven:
            raise Invalid(
                f"“{row['label']}”自评得分大于零，请上传佐证材料。", field=row["code"], code="evidence_missing"
            )
    values = {
        "self_scores": dict(scores),
        "statements": {row["code"]: statements[row["code"]].strip() for row in criteria},
        "self_total": total,
        "submitted_at": clock.now(),
        "submitted_by": by,
        "note": "",
    }
    move(evaluation, EVALUATION_FLOW, EvaluationState.SUBMITTED, by=by, **values)
    record(by=by, verb="报送年度自评", target=evaluation, total=total)
    publish("stats.evaluation.submitted", key=f"evaluation:{evaluation.pk}", evaluation_id=evaluation.pk)
    return evaluation


@transaction.atomic
def return_evaluation(*, evaluation_id: int, by: User, note: str) -> CityEvaluation:
    """Give a self-report back, saying what lacks."""
    note = require_text(note, "请填写退回意见。", field="note")
    evaluation = _lock_running(evaluation_id, by)
    move(evaluation, EVALUATION_FLOW, EvaluationState.RETURNED, by=by, note=note)
    record(by=by, verb="退回年度自评", target=evaluation, note=note)
    publish("stats.evaluation.returned", key=f"evaluation:{evaluation.pk}", evaluation_id=evaluation.pk)
    _tell([evaluation], f"退回补充：{evaluation}", note)
    return evaluation


@transaction.atomic
def score_evaluation(
    *, evaluation_id: int, by: User, scores: Mapping[str, int], reasons: Mapping[str, str]
) -> CityEvaluation:
    """The province's points; where they differ from the city's own, with the reason.

    Raises:
        Invalid: points that cannot be, or a reason that lacks; `field` is the criterion.
    """
    evaluation = _lock_running(evaluation_id, by)
    EVALUATION_FLOW.require(evaluation.state, EvaluationState.SCORED, actor=by)
    total = check_scores(evaluation.scheme.criteria, scores)
    for row in evaluation.scheme.criteria:
        code = row["code"]
        if scores[code] != evaluation.self_scores.get(code) and not reasons.get(code, "").strip():
            raise Invalid(f"“{row['label']}”与自评不一致，请写明理由。", field=code, code="reason_missing")
    values = {
        "scores": dict(scores),
        "reasons": {code: text.strip() for code, text in reasons.items() if text.strip()},
        "total": total,
        "scored_at": clock.now(),
        "scored_by": by,
    }
    move(evaluation, EVALUATION_FLOW, EvaluationState.SCORED, by=by, **values)
    record(by=by, verb="年度评价评分", target=evaluation, total=total)
    publish("stats.evaluation.scored", key=f"evaluation:{evaluation.pk}", evaluation_id=evaluation.pk)
    return evaluation


@transaction.atomic
def announce(*, scheme_id: int, by: User) -> EvaluationScheme:
    """Announce all cities' points and grades; appeals are open for the scheme's number of working days.

    Raises:
        WrongState: cities are not scored yet (they are named).
        CalendarUnknown: the appeals' last day lies in a year whose holidays are not loaded.
    """
    scheme = lock(EvaluationScheme, by, pk=scheme_id)
    SCHEME_FLOW.require(scheme.state, SchemeState.ANNOUNCED, actor=by)
    found = list(scheme.evaluations.select_for_update().order_by("pk"))
    if left := [row.get_city_code_display() for row in found if row.state != EvaluationState.SCORED]:
        raise WrongState(f"下列市尚未评分，不能公布：{'、'.join(left)}。", code="not_scored")
    for evaluation in found:
        evaluation.grade = grade_of(evaluation.total or 0, scheme.grades)
    CityEvaluation.objects.bulk_update(found, ["grade"])
    today = clock.today()
    until = add_working_days(today, scheme.appeal_days)
    move(scheme, SCHEME_FLOW, SchemeState.ANNOUNCED, by=by, announced_on=today, appeal_until=until)
    record(by=by, verb="公布评价结果", target=scheme)
    publish("stats.evaluation.announced", key=scheme.ref, scheme_ref=scheme.ref)
    _tell(found, f"评价结果：{scheme}", f"有异议的，{until} 前逐项申诉。")
    return scheme


@transaction.atomic
def appeal(*, evaluation_id: int, by: User, criterion: str, grounds: str) -> EvaluationAppeal:
    """A city appeals against its points for one criterion, once, within the time.

    Raises:
        WrongState: the results are not announced, or the time is over.
    """
    evaluation = _lock_own(evaluation_id, by)
    scheme = evaluation.scheme
    if scheme.state != SchemeState.ANNOUNCED or scheme.appeal_until is None:
        raise WrongState("结果公布后、定案前可以申诉。")
    if clock.today() > scheme.appeal_until:
        raise WrongState(f"申诉期至 {scheme.appeal_until}，已经结束。", code="too_late")
    label = _label(evaluation, criterion)
    grounds = require_text(grounds, "请填写申诉理由。", field="grounds")
    found, is_new = EvaluationAppeal.objects.get_or_create(
        evaluation=evaluation,
        criterion=criterion,
        defaults={
            "label": label,
            "grounds": grounds,
            "score_before": evaluation.scores[criterion],
            "made_at": clock.now(),
            "made_by": by,
        },
    )
    if not is_new:
        raise Conflict("该项指标已经申诉。", field="criterion", code="appealed_already")
    record(by=by, verb="评价申诉", target=evaluation, criterion=criterion)
    publish("stats.evaluation.appealed", key=f"evaluation:{evaluation.pk}", appeal_id=found.pk)
    return found


@transaction.atomic
def decide_appeal(*, appeal_id: int, by: User, decision: str, score: int | None = None) -> EvaluationAppeal:
    """Uphold an appeal with new points (`score`), or dismiss it; never by who gave the points.

    Total and grade follow at once.
    """
    decision = require_text(decision, "请填写处理意见。", field="decision")
    found = lock(EvaluationAppeal, by, pk=appeal_id)
    to = AppealState.DISMISSED if score is None else AppealState.UPHELD
    APPEAL_FLOW.require(found.state, to, actor=by)
    evaluation = (
        CityEvaluation.objects.select_related("scheme").select_for_update(of=("self",)).get(pk=found.evaluation_id)
    )
    if evaluation.scored_by_id == by.pk:
        raise NotAllowed("评分人不能处理对自己评分的申诉，须由另一人处理。")
    if score is not None:
        if score == found.score_before:
            raise Invalid("得分没有变化；申诉不成立的，请不填得分。", field="score")
        _change_score(evaluation, found.criterion, score)
    values = {"score_after": score, "decision": decision, "decided_at": clock.now(), "decided_by": by}
    move(found, APPEAL_FLOW, to, by=by, **values)
    record(by=by, verb=f"评价{to.label}", target=evaluation, note=decision, criterion=found.criterion)
    publish("stats.evaluation.appeal_decided", key=f"evaluation:{evaluation.pk}", appeal_id=found.pk)
    _tell([evaluation], f"{to.label}：{found.label}", decision)
    return found


def _change_score(evaluation: CityEvaluation, criterion: str, score: int) -> None:
    scores = {**evaluation.scores, criterion: score}
    try:
        total = check_scores(evaluation.scheme.criteria, scores)
    except Invalid as refusal:
        raise Invalid(refusal.message, field="score") from refusal
    evaluation.scores, evaluation.total = scores, total
    evaluation.grade = grade_of(total, evaluation.scheme.grades)
    evaluation.save(update_fields=["scores", "total", "grade"])


@transaction.atomic
def close_scheme(*, scheme_id: int, by: User) -> EvaluationScheme:
    """Make the results final once the time for appeals is over and each is decided."""
    scheme = lock(EvaluationScheme, by, pk=scheme_id)
    SCHEME_FLOW.require(scheme.state, SchemeState.CLOSED, actor=by)
    if scheme.appeal_until and clock.today() <= scheme.appeal_until:
        raise WrongState(f"申诉期至 {scheme.appeal_until}，期满后定案。", code="appeals_open")
    if EvaluationAppeal.objects.filter(evaluation__scheme=scheme, state=AppealState.OPEN).exists():
        raise WrongState("还有申诉没有处理，不能定案。", code="appeals_open")
    move(scheme, SCHEME_FLOW, SchemeState.CLOSED, by=by)
    record(by=by, verb="评价结果定案", target=scheme)
    publish("stats.evaluation.closed", key=scheme.ref, scheme_ref=scheme.ref)
    return scheme


def _lock_draft(scheme_id: int, by: User) -> EvaluationScheme:
    require_role(by, Role.PROVINCE, message="评价方案由省级管理人员制定。")
    scheme = lock(EvaluationScheme, by, pk=scheme_id)
    if scheme.state != SchemeState.DRAFT:
        raise WrongState("评价方案已发布，不能修改。", code="published")
    return scheme


def _lock_evaluation(evaluation_id: int, by: User) -> CityEvaluation:
    """A city's evaluation with its scheme, the scheme's row locked before it: always in this order."""
    rows = CityEvaluation.objects.visible_to(by).filter(pk=evaluation_id)
    scheme_id = rows.values_list("scheme_id", flat=True).first()
    if scheme_id is None:
        raise NotFound("没有这个各市年度评价。")
    scheme = EvaluationScheme.objects.select_for_update(no_key=True).get(pk=scheme_id)
    evaluation = lock(CityEvaluation, by, pk=evaluation_id)
    evaluation.scheme = scheme
    return evaluation


def _lock_own(evaluation_id: int, by: User) -> CityEvaluation:
    require_role(by, Role.CITY, message="自评和申诉由各市办理。")
    return _lock_evaluation(evaluation_id, by)


def _lock_running(evaluation_id: int, by: User) -> CityEvaluation:
    evaluation = _lock_evaluation(evaluation_id, by)
    if evaluation.scheme.state != SchemeState.PUBLISHED:
        raise WrongState("评价结果已公布，不能修改；有异议的按申诉处理。", code="announced")
    return evaluation


def _label(evaluation: CityEvaluation, criterion: str) -> str:
    label = next((str(row["label"]) for row in evaluation.scheme.criteria if row["code"] == criterion), None)
    if label is None:
        raise Invalid("请选择方案中的指标。", field="criterion")
    return label


def _tell(evaluations: list[CityEvaluation], title: str, body: str) -> None:
    """Put the message into each city's in-tray; a city without an authority here is told by nobody."""
    codes = [evaluation.city_code for evaluation in evaluations]
    rows = Organisation.objects.filter(kind=OrganisationKind.AUTHORITY_CITY, city_code__in=codes).order_by("-id")
    authorities = {one.city_code: one for one in rows}
    told = [
        Message(authorities[one.city_code], title, body, one.get_absolute_url())
        for one in evaluations
        if one.city_code in authorities
    ]
    notify_many(kind="stats.evaluation", messages=told)
