"""Opening an evaluation, giving scores, asking experts, closing; evidence of high value."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from patents.enums.evaluation import (
    AWARDS,
    EvaluationState,
    EvidenceKind,
    EvidenceState,
    ExpertState,
    Scorer,
)
from patents.models import Assessment, Evaluation, ExpertTask, HighValueEvidence, Patent
from patents.policy.evaluation import Given, Outcome, as_json, evaluate, required_codes, values_as_json
from patents.policy.indicators import computed_values
from patents.queries import evaluation as queries
from patents.workflow.evaluation import EVALUATION_FLOW, EVIDENCE_FLOW, EXPERT_FLOW, EXPERT_ROLES, REVIEWERS
from portal import clock, refs
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.services import notify, notify_person
from portal.outbox.services import publish

EVENT = "patents.evaluation"


@transaction.atomic
def open_evaluation(*, patent_id: int, by: User, table_code: str, scene: str) -> Evaluation:
    """Start a round of evaluation under a table in force today; the portal gives its own score at once.

    Raises:
        NotFound: the patent may not be evaluated by `by`.
        Invalid: no such table in force, or no such scene in it.
        Conflict: a round under this table and scene is open already.
    """
    patent = Patent.objects.editable_by(by).filter(pk=patent_id).first()
    if patent is None or patent.holder_id is None:
        raise NotFound("专利不存在，或不属于您可以评价的范围。")
    version = queries.tables_on(clock.today()).filter(code=table_code).first()
    if version is None:
        raise Invalid("没有这个生效的指标表。", field="table")
    queries.table_of(version).scene(scene)
    pk, ref = refs.reserve(Evaluation, "PG")
    evaluation = Evaluation(
        pk=pk, ref=ref, patent=patent, holder_id=patent.holder_id, table=version, scene=scene, opened_on=clock.today()
    )
    try:
        with transaction.atomic():
            evaluation.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("该专利在这个指标表和场景下已有进行中的评价。", code="already_open") from error
    record(by=by, verb="发起专利价值评价", target=evaluation, table=table_code, scene=scene)
    _tell(evaluation, "opened")
    _score_by_rule(evaluation, by)
    return evaluation


@transaction.atomic
def score_by_rule(*, ref: str, by: User) -> Assessment:
    """Fill the computed indicators anew from what the portal knows today, and keep the result beside the old ones."""
    return _score_by_rule(_lock_open(ref, by), by)


def _score_by_rule(evaluation: Evaluation, by: User) -> Assessment:
    table = queries.table_of(evaluation.table)
    values = computed_values(table, queries.patent_facts(evaluation.patent, clock.today()))
    return _keep(evaluation, Scorer.RULE, by, values, evaluate(table, evaluation.scene, values))


@transaction.atomic
def score_by_owner(*, ref: str, by: User, values: Mapping[str, Decimal], opinion: str = "") -> Assessment:
    """The holder's self-assessment: every indicator that the portal cannot fill.

    Raises:
        Invalid: an indicator is missing, unknown, or its value outside the scale; `field` is its code.
    """
    evaluation = _lock_open(ref, by)
    if by.role != Role.HOLDER:
        raise NotAllowed("只有权利人可以自评。")
    return _score_by_person(evaluation, Scorer.OWNER, by, values, opinion)


@transaction.atomic
def score_by_expert(
    *, ref: str, by: User, values: Mapping[str, Decimal], opinion: str, has_no_conflict: bool
) -> Assessment:
    """An expert's values, given once, after declaring that nothing binds him to the patent or its holder.

    What the portal knows against him is asked again: he may have become a party since he was asked.
    """
    evaluation = _lock(Evaluation.objects.visible_to(by), ref)
    _require_open(evaluation)
    task = _own_task(evaluation, by)
    EXPERT_FLOW.require(task.state, ExpertState.DONE, actor=by)
    if not has_no_conflict:
        raise Invalid("请先声明与该专利和权利人没有利益冲突；有冲突的请回避。", field="has_no_conflict")
    _refuse_conflicts(by, evaluation)
    if not opinion.strip():
        raise Invalid("请填写评价意见。", field="opinion")
    kept = _score_by_person(evaluation, Scorer.EXPERT, by, values, opinion)
    task.state, task.no_conflict_at = ExpertState.DONE, clock.now()
    task.save(update_fields=["state", "no_conflict_at"])
    return kept


def _score_by_person(
    evaluation: Evaluation, scorer: Scorer, by: User, values: Mapping[str, Decimal], opinion: str
) -> Assessment:
    table = queries.table_of(evaluation.table)
    filled = computed_values(table, queries.patent_facts(evaluation.patent, clock.today()))
    wanted = required_codes(table, list(filled))
    if unknown := set(values) - set(wanted):
        raise Invalid("有不需要填写的指标。", field=min(unknown))
    for row in table.indicators:
        if row.code in wanted and row.code not in values:
            raise Invalid(f"请填写“{row.name}”。", field=row.code)
    given = filled | {code: Given(value) for code, value in values.items()}
    return _keep(evaluation, scorer, by, given, evaluate(table, evaluation.scene, given), opinion)


@transaction.atomic
def ask_expert(*, ref: str, by: User, username: str) -> ExpertTask:
    """Ask a person with an account here for values; refused where the portal knows a conflict of interest.

    Raises:
        Invalid: no such person. Conflict: a conflict of interest (`conflict_of_interest`), or asked already.
    """
    evaluation = _lock_open(ref, by)
    if by.role not in REVIEWERS:
        raise NotAllowed("只有管理人员可以指派专家。")
    expert = User.objects.select_related("organisation").filter(username=username.strip(), is_active=True).first()
    if expert is None or expert.role not in EXPERT_ROLES:
        raise Invalid("没有这个可以担任专家的账号。", field="username")
    _refuse_conflicts(expert, evaluation)
    task, is_new = ExpertTask.objects.get_or_create(evaluation=evaluation, expert=expert)
    if not is_new:
        raise Conflict("已经指派过这位专家。", field="username", code="already_asked")
    record(by=by, verb="指派评价专家", target=evaluation, expert=expert.username)
    _tell(evaluation, "expert_asked", expert_id=expert.pk)
    title = f"请您评价专利：{evaluation.patent.title}"
    notify_person(reader=expert, kind=EVENT, title=title, link=evaluation.get_absolute_url())
    return task


@transaction.atomic
def recuse_expert(*, ref: str, by: User, reason: str) -> ExpertTask:
    """An expert steps back because of a conflict of interest that only he knows."""
    evaluation = _lock(Evaluation.objects.visible_to(by), ref)
    task = _own_task(evaluation, by)
    EXPERT_FLOW.require(task.state, ExpertState.RECUSED, actor=by)
    if not reason.strip():
        raise Invalid("请写明回避原因。", field="reason")
    task.state, task.reason = ExpertState.RECUSED, reason.strip()[:300]
    task.save(update_fields=["state", "reason"])
    record(by=by, verb="专家回避", target=evaluation, note=reason)
    _tell(evaluation, "expert_recused", expert_id=by.pk)
    return task


@transaction.atomic
def close_evaluation(*, ref: str, by: User, note: str = "") -> Evaluation:
    """End a round; its scores become public, each scorer's apart.

    Raises:
        WrongState: an expert who was asked has neither answered nor stepped back.
        Invalid: nobody but the portal has scored.
    """
    evaluation = _lock(Evaluation.objects.of_user(by), ref)
    EVALUATION_FLOW.require(evaluation.state, EvaluationState.CLOSED, actor=by)
    if evaluation.tasks.filter(state=ExpertState.ASKED).exists():
        raise WrongState("还有专家没有评价，也没有回避。", code="expert_waiting")
    if not evaluation.assessments.exclude(scorer=Scorer.RULE).exists():
        raise Invalid("至少要有权利人自评或专家评价。", code="nobody_scored")
    return _end(evaluation, EvaluationState.CLOSED, by, note)


@transaction.atomic
def cancel_evaluation(*, ref: str, by: User, note: str) -> Evaluation:
    """End a round without publishing it."""
    evaluation = _lock(Evaluation.objects.of_user(by), ref)
    EVALUATION_FLOW.require(evaluation.state, EvaluationState.CANCELLED, actor=by)
    if not note.strip():
        raise Invalid("请写明取消原因。", field="note")
    return _end(evaluation, EvaluationState.CANCELLED, by, note)


def _end(evaluation: Evaluation, to: EvaluationState, by: User, note: str) -> Evaluation:
    evaluation.state, evaluation.closed_on, evaluation.note = to, clock.today(), note.strip()[:500]
    evaluation.save(update_fields=["state", "closed_on", "note", "updated_at"])
    record(by=by, verb=f"评价{to.label}", target=evaluation, note=note)
    _tell(evaluation, str(to))
    return evaluation


@transaction.atomic
def add_award(*, patent_id: int, by: User, kind: str, name: str, dated_on: dt.date, document: str) -> HighValueEvidence:
    """The holder names an award of the patent; it counts once an official has confirmed it."""
    patent = Patent.objects.editable_by(by).filter(pk=patent_id).first()
    if patent is None:
        raise NotFound("专利不存在，或不属于您的单位。")
    if kind not in AWARDS:
        raise Invalid("请选择奖项种类。", field="kind")
    for field, text in (("name", name), ("document", document)):
        if not text.strip():
            raise Invalid("请填写奖项名称和证明文件。", field=field)
    if dated_on > clock.today():
        raise Invalid("日期不能晚于今天。", field="dated_on")
    kept = HighValueEvidence.objects.create(
        patent=patent, kind=kind, name=name.strip(), dated_on=dated_on, document=document.strip()
    )
    record(by=by, verb="登记获奖", target=kept, patent_number=patent.display_number)
    publish(f"{EVENT}.evidence_added", key=f"patent:{patent.address}", evidence_id=kept.pk)
    return kept


@transaction.atomic
def judge_evidence(*, evidence_id: int, by: User, is_right: bool, note: str = "") -> HighValueEvidence:
    """An official confirms a piece of evidence, or refuses it with the reason."""
    rows = HighValueEvidence.objects.visible_to(by).select_for_update(of=("self",)).select_related("patent__holder")
    found = rows.filter(pk=evidence_id).first()
    if found is None:
        raise NotFound("没有这条证明。")
    to = EvidenceState.CONFIRMED if is_right else EvidenceState.REFUSED
    EVIDENCE_FLOW.require(found.state, to, actor=by)
    if not is_right and not note.strip():
        raise Invalid("请写明未通过的原因。", field="note")
    found.state, found.review_note = to, note.strip()[:300]
    found.save(update_fields=["state", "review_note"])
    record(by=by, verb=f"获奖证明{to.label}", target=found, note=note)
    publish(f"{EVENT}.evidence_{to}", key=f"patent:{found.patent.address}", evidence_id=found.pk)
    if found.patent.holder:
        title = f"{found.patent.title}的获奖证明{to.label}"
        notify(recipient=found.patent.holder, kind=EVENT, title=title, body=note)
    return found


@transaction.atomic
def keep_pledge_fact(*, patent_number: str, amount: Decimal, dated_on: dt.date, source_ref: str) -> bool:
    """Keep that money was lent on a pledge of the patent; False when it is known or the patent is not ours.

    The whole loan is counted for each patent that stood for it: sources do not say how to divide it.
    """
    patent = Patent.objects.filter(number=patent_number).first()
    if patent is None:
        return False
    _, is_new = HighValueEvidence.objects.get_or_create(
        patent=patent,
        source_ref=source_ref,
        defaults={
            "kind": EvidenceKind.PLEDGE,
            "name": "专利质押贷款",
            "dated_on": dated_on,
            "document": f"融资项目 {source_ref}",
            "amount": amount,
            "state": EvidenceState.CONFIRMED,
        },
    )
    return is_new


def _lock(rows: Any, ref: str) -> Evaluation:
    found: Evaluation | None = (
        rows.select_related("patent", "holder", "table").select_for_update(of=("self",)).filter(ref=ref).first()
    )
    if found is None:
        raise NotFound("没有这项评价。")
    return found


def _lock_open(ref: str, by: User) -> Evaluation:
    evaluation = _lock(Evaluation.objects.of_user(by), ref)
    _require_open(evaluation)
    return evaluation


def _require_open(evaluation: Evaluation) -> None:
    if evaluation.state != EvaluationState.OPEN:
        raise WrongState(f"评价{evaluation.get_state_display()}，不能再评分。")


def _own_task(evaluation: Evaluation, by: User) -> ExpertTask:
    task = ExpertTask.objects.select_for_update().filter(evaluation=evaluation, expert=by).first()
    if task is None:
        raise NotFound("没有指派给您的评价。")
    return task


def _refuse_conflicts(expert: User, evaluation: Evaluation) -> None:
    if found := queries.conflicts_of(expert, evaluation.patent, evaluation.holder_id):
        raise Conflict(f"有利益冲突，应当回避：{'；'.join(found)}。", code="conflict_of_interest", field="username")


def _keep(
    evaluation: Evaluation, scorer: Scorer, by: User, values: Mapping[str, Given], outcome: Outcome, opinion: str = ""
) -> Assessment:
    scores = {f"{dimension}_score": score for dimension, score in outcome.dimensions.items()}
    kept = Assessment.objects.create(
        evaluation=evaluation,
        scorer=scorer,
        assessor=None if scorer == Scorer.RULE else by,
        values=values_as_json(values),
        result=as_json(outcome) | {"table": evaluation.table.code, "scene": evaluation.scene},
        opinion=opinion.strip(),
        **scores | {"total_score": outcome.total},
    )
    record(by=by, verb=f"评价评分：{scorer.label}", target=evaluation, total=kept.result["total"])
    _tell(evaluation, "scored", scorer=str(scorer), assessment_id=kept.pk)
    return kept


def _tell(evaluation: Evaluation, what: str, **payload: str | int) -> None:
    publish(
        f"{EVENT}.{what}",
        key=evaluation.ref,
        evaluation_ref=evaluation.ref,
        patent_number=evaluation.patent.address,
        **payload,
    )
