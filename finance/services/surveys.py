"""Asking firms: questionnaires, visits, and what sources say of a firm's credit."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from finance.checks.surveys import QuestionFacts, check_questions, read_answers
from finance.enums import CreditKind, CreditOutcome, QuestionnaireState, VisitAdvice
from finance.models import CreditFact, Project, Question, Questionnaire, SurveyResponse, Visit
from finance.workflow.surveys import EDITORS, QUESTIONNAIRE_FLOW
from portal import clock
from portal.accounts.enums import OrganisationKind, Role
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.outbox.services import publish

MAX_FINDINGS = 4000


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What an official writes down of a visit."""

    on: dt.date
    visitors: str
    met: str
    findings: str
    advice: str


@dataclass(frozen=True, slots=True)
class CreditFacts:
    """What a source says, as of a day."""

    kind: str
    outcome: str
    source: str
    as_of: dt.date
    detail: str = ""


@transaction.atomic
def save_questionnaire(
    *, by: User, title: str, intro: str, questions: Sequence[QuestionFacts], questionnaire_id: int | None = None
) -> Questionnaire:
    """Write a questionnaire, or change one that was not opened yet.

    Raises:
        WrongState: it was opened: answers refer to its questions.
        Invalid: no title, or a question that cannot be asked.
    """
    _require_editor(by)
    if not title.strip():
        raise Invalid("请填写问卷标题。", field="title")
    asked = check_questions(questions)
    if questionnaire_id is None:
        kept = Questionnaire.objects.create(title=title.strip(), intro=intro.strip(), made_by=by)
    else:
        kept = _lock_own(questionnaire_id, by)
        if kept.state != QuestionnaireState.DRAFT:
            raise WrongState("问卷已开始填报，题目不能再修改；请另建一份。")
        kept.title, kept.intro = title.strip(), intro.strip()
        kept.save(update_fields=["title", "intro"])
        kept.questions.all().delete()
    Question.objects.bulk_create(
        Question(
            questionnaire=kept,
            place=place,
            code=one.code,
            text=one.text,
            kind=one.kind,
            options=list(one.options),
            is_required=one.is_required,
        )
        for place, one in enumerate(asked, start=1)
    )
    record(by=by, verb="编制问卷", target=kept, questions=len(asked))
    return kept


@transaction.atomic
def open_questionnaire(*, questionnaire_id: int, by: User) -> Questionnaire:
    """Let firms and visiting officials fill it in."""
    kept = _lock_own(questionnaire_id, by)
    QUESTIONNAIRE_FLOW.require(kept.state, QuestionnaireState.OPEN, actor=by)
    kept.state, kept.opened_at = QuestionnaireState.OPEN, clock.now()
    kept.save(update_fields=["state", "opened_at"])
    record(by=by, verb="开始问卷填报", target=kept)
    publish("finance.questionnaire.opened", key=f"questionnaire:{kept.pk}", questionnaire_id=kept.pk)
    return kept


@transaction.atomic
def close_questionnaire(*, questionnaire_id: int, by: User) -> Questionnaire:
    """Take no more answers."""
    kept = _lock_own(questionnaire_id, by)
    QUESTIONNAIRE_FLOW.require(kept.state, QuestionnaireState.CLOSED, actor=by)
    kept.state, kept.closed_at = QuestionnaireState.CLOSED, clock.now()
    kept.save(update_fields=["state", "closed_at"])
    record(by=by, verb="结束问卷填报", target=kept)
    publish("finance.questionnaire.closed", key=f"questionnaire:{kept.pk}", questionnaire_id=kept.pk)
    return kept


@transaction.atomic
def answer_questionnaire(
    *,
    questionnaire_id: int,
    organisation: Organisation,
    answers: Mapping[str, Any],
    by: User,
    visit_id: int | None = None,
) -> SurveyResponse:
    """Keep what a firm answered, itself or to an official on a visit; a later answer stands beside the earlier one.

    Raises:
        NotFound: no such questionnaire, firm or visit for `by`.
        WrongState: it is not being filled in now.
        Invalid: an answer is missing or none; `field` is the question's code.
    """
    kept = _lock(questionnaire_id, by)
    if kept.state != QuestionnaireState.OPEN:
        raise WrongState("问卷现在不接受填报。")
    visit = _check_who(organisation, by, visit_id)
    read = read_answers(list(kept.questions.order_by("place")), answers)
    made = SurveyResponse.objects.create(
        questionnaire=kept, organisation=organisation, visit=visit, answers=read, filled_by=by
    )
    record(by=by, verb="填报问卷", target=made, questionnaire=kept.title)
    publish("finance.questionnaire.answered", key=f"questionnaire:{kept.pk}", response_id=made.pk)
    return made


@transaction.atomic
def record_visit(*, organisation: Organisation, facts: VisitFacts, by: User, project: Project | None = None) -> Visit:
    """Keep a visit to a firm of the official's city.

    Raises:
        NotFound: a firm of another city.
        Invalid: a day in the future, a text that is missing, or a project of another firm; `field` names which.
    """
    _require_editor(by)
    _firm_for(organisation, by)
    if facts.on > clock.today():
        raise Invalid("走访日期不得晚于今天。", field="on")
    for field, label in {"visitors": "走访人员", "met": "企业接待人员", "findings": "走访情况"}.items():
        if not getattr(facts, field).strip():
            raise Invalid(f"请填写{label}。", field=field)
    if len(facts.findings) > MAX_FINDINGS:
        raise Invalid(f"走访情况不得超过 {MAX_FINDINGS} 字。", field="findings")
    if facts.advice not in VisitAdvice.values:
        raise Invalid("请选择走访意见。", field="advice")
    if project is not None and project.organisation_id != organisation.pk:
        raise Invalid("所选项目不是该企业的。", field="project")
    kept = Visit.objects.create(
        organisation=organisation,
        project=project,
        on=facts.on,
        visitors=facts.visitors.strip(),
        met=facts.met.strip(),
        findings=facts.findings.strip(),
        advice=facts.advice,
        recorded_by=by,
    )
    record(by=by, verb="登记走访", target=kept, advice=facts.advice)
    publish("finance.visit.recorded", key=f"firm:{organisation.pk}", visit_id=kept.pk)
    return kept


@transaction.atomic
def record_credit_fact(*, organisation: Organisation, facts: CreditFacts, by: User) -> CreditFact:
    """Keep what a source says of a firm's credit; the newest of its kind counts from now on.

    Raises:
        NotFound: a firm of another city.
        Invalid: no source, a day in the future, or a bad record without saying what; `field` names which.
    """
    _require_editor(by)
    _firm_for(organisation, by)
    if facts.kind not in CreditKind.values:
        raise Invalid("请选择信用事项。", field="kind")
    if facts.outcome not in CreditOutcome.values:
        raise Invalid("请选择结果。", field="outcome")
    if not facts.source.strip():
        raise Invalid("请填写来源。", field="source")
    if facts.as_of > clock.today():
        raise Invalid("截至日期不得晚于今天。", field="as_of")
    if facts.outcome == CreditOutcome.ADVERSE and not facts.detail.strip():
        raise Invalid("有不良记录的，请说明内容。", field="detail")
    kept = CreditFact.objects.create(
        organisation=organisation,
        kind=facts.kind,
        outcome=facts.outcome,
        source=facts.source.strip(),
        as_of=facts.as_of,
        detail=facts.detail.strip(),
        recorded_by=by,
    )
    record(by=by, verb="登记信用信息", target=kept, kind=facts.kind, outcome=facts.outcome)
    publish("finance.credit_fact.recorded", key=f"firm:{organisation.pk}", credit_fact_id=kept.pk)
    return kept


def _require_editor(by: User) -> None:
    if by.role not in EDITORS:
        raise NotAllowed("只有省级和市级管理人员可以办理。")


def _lock(questionnaire_id: int, by: User) -> Questionnaire:
    found = Questionnaire.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=questionnaire_id).first()
    if found is None:
        raise NotFound("没有这份问卷。")
    return found


def _lock_own(questionnaire_id: int, by: User) -> Questionnaire:
    found = _lock(questionnaire_id, by)
    if not may_edit(found, by):
        raise NotAllowed("只有编制单位和省级管理人员可以修改、开始或者结束这份问卷。")
    return found


def may_edit(questionnaire: Questionnaire, by: User) -> bool:
    """Whether the questionnaire is the official's: the province's are everybody's of the province, a city's its own."""
    if by.role == Role.CITY:
        return questionnaire.made_by.organisation_id == by.organisation_id
    return by.role == Role.PROVINCE


def _firm_for(organisation: Organisation, by: User) -> None:
    is_firm = organisation.kind == OrganisationKind.SME
    if not is_firm or not Organisation.objects.visible_to(by).filter(pk=organisation.pk).exists():
        raise NotFound("没有这家企业。")


def _check_who(organisation: Organisation, by: User, visit_id: int | None) -> Visit | None:
    if by.role == Role.SME:
        if organisation.pk != by.organisation_id or visit_id is not None:
            raise NotFound("没有这家企业。")
        return None
    _require_editor(by)
    _firm_for(organisation, by)
    visit: Visit | None = Visit.objects.visible_to(by).filter(pk=visit_id, organisation=organisation).first()
    if visit is None:
        raise Invalid("由管理人员代填的，须对应一次对该企业的走访记录。", field="visit")
    return visit
