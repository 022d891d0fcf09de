"""What a base teaches: teachers, courses, and the questions of their tests."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from events.enums.training import CourseState, QuestionKind, TrainingAudience, TrainingField
from events.models import Course, Teacher, TestQuestion, TrainingBase
from events.queries.training import training_rule
from events.services.training.common import lock_own, require_standing, trace
from events.workflow.training import COURSE_FLOW
from portal import refs
from portal.accounts.models import User
from portal.errors import Conflict, Invalid, WrongState

MOST_HOURS = Decimal(200)
MOST_QUESTIONS = 100
MOST_OPTIONS = 8
JUDGE_OPTIONS = ["正确", "错误"]


@dataclass(frozen=True, slots=True)
class TeacherFacts:
    """Who teaches."""

    name: str
    title: str
    organisation_name: str
    field: str
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """What is taught; hours of 45 minutes."""

    title: str
    field: str
    audience: str
    hours: Decimal
    summary: str
    pass_mark: int | None = None


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """One question; `right` are the places of the right options, from 0."""

    kind: str
    text: str
    options: list[str]
    right: list[int]
    marks: int


@transaction.atomic
def save_teacher(*, by: User, base_id: int, facts: TeacherFacts, teacher_id: int | None = None) -> Teacher:
    """Add a teacher to the own base, or correct one."""
    base: TrainingBase = lock_own(TrainingBase, by, "培养基地", pk=base_id)
    require_standing(base)
    for field, label in (("name", "姓名"), ("title", "职务、职称"), ("organisation_name", "单位")):
        if not getattr(facts, field).strip():
            raise Invalid(f"请填写教师{label}。", field=field)
    if facts.field not in TrainingField.values:
        raise Invalid("请从列出的专长中选择。", field="field")
    teacher = Teacher(base=base) if teacher_id is None else lock_own(Teacher, by, "教师", pk=teacher_id, base=base)
    for name in TeacherFacts.__slots__:
        setattr(teacher, name, getattr(facts, name))
    try:
        with transaction.atomic():
            teacher.save()
    except IntegrityError as error:
        raise Conflict("基地已有这位教师。", field="name") from error
    trace(by, "保存师资", teacher, "teacher_saved")
    return teacher


@transaction.atomic
def save_course(*, by: User, base_id: int, facts: CourseFacts, course_id: int | None = None) -> Course:
    """Start a course of the own base as a draft, or change one that takes no enrolments.

    Hours and pass mark of a course that is open stand: people signed up for them.
    """
    base: TrainingBase = lock_own(TrainingBase, by, "培养基地", pk=base_id)
    require_standing(base)
    pass_mark = training_rule().parameters["pass_mark"] if facts.pass_mark is None else facts.pass_mark
    _check_course(facts, pass_mark)
    if course_id is None:
        pk, ref = refs.reserve(Course, "KC")
        course = Course(pk=pk, ref=ref, base=base)
    else:
        course = lock_own(Course, by, "课程", pk=course_id, base=base)
        if course.state == CourseState.OPEN:
            raise WrongState("课程正在开放报名，请先停开再修改。")
    values = {"title": facts.title.strip(), "field": facts.field, "audience": facts.audience, "hours": facts.hours}
    for name, value in {**values, "summary": facts.summary.strip(), "pass_mark": pass_mark}.items():
        setattr(course, name, value)
    try:
        with transaction.atomic():
            course.save()
    except IntegrityError as error:
        raise Conflict("基地已有同名课程。", field="title") from error
    trace(by, "保存培训课程", course, "course_saved")
    return course


def _check_course(facts: CourseFacts, pass_mark: int) -> None:
    if not facts.title.strip():
        raise Invalid("请填写课程名称。", field="title")
    if not facts.summary.strip():
        raise Invalid("请填写课程内容。", field="summary")
    if facts.field not in TrainingField.values:
        raise Invalid("请从列出的方向中选择。", field="field")
    if facts.audience not in TrainingAudience.values:
        raise Invalid("请从列出的培训对象中选择。", field="audience")
    if not 0 < facts.hours <= MOST_HOURS:
        raise Invalid(f"学时应大于 0，不超过 {MOST_HOURS}。", field="hours")
    if not 0 <= pass_mark <= 100:  # noqa: PLR2004 (marks are of a hundred)
        raise Invalid("合格分数应为 0 至 100。", field="pass_mark")


@transaction.atomic
def open_course(*, course_id: int, by: User) -> Course:
    """Let sessions of the course take enrolments."""
    return _move(course_id, CourseState.OPEN, by, "开放培训课程", "course_opened")


@transaction.atomic
def close_course(*, course_id: int, by: User) -> Course:
    """Take no more enrolments; sessions that were planned are held."""
    return _move(course_id, CourseState.CLOSED, by, "停开培训课程", "course_closed")


def _move(course_id: int, to: str, by: User, verb: str, event: str) -> Course:
    course: Course = lock_own(Course, by, "课程", pk=course_id)
    require_standing(course.base)
    COURSE_FLOW.require(course.state, to, actor=by)
    course.state = to
    course.save(update_fields=["state"])
    trace(by, verb, course, event)
    return course


@transaction.atomic
def add_question(*, course_id: int, by: User, facts: QuestionFacts) -> TestQuestion:
    """Add a question to the test of a course that takes no enrolments at present."""
    course = _course_with_open_test(course_id, by)
    if course.questions.count() >= MOST_QUESTIONS:
        raise Invalid(f"一门课程最多 {MOST_QUESTIONS} 道题。")
    options = (
        JUDGE_OPTIONS if facts.kind == QuestionKind.JUDGE else [one.strip() for one in facts.options if one.strip()]
    )
    _check_question(facts, options)
    question = TestQuestion.objects.create(
        course=course,
        kind=facts.kind,
        text=facts.text.strip(),
        options=options,
        right=sorted(set(facts.right)),
        marks=facts.marks,
    )
    trace(by, "添加考题", question, "question_added")
    return question


def _check_question(facts: QuestionFacts, options: list[str]) -> None:
    if facts.kind not in QuestionKind.values:
        raise Invalid("请选择题型。", field="kind")
    if not facts.text.strip():
        raise Invalid("请填写题干。", field="text")
    if not 2 <= len(options) <= MOST_OPTIONS or len(set(options)) < len(options):  # noqa: PLR2004 (a choice needs two)
        raise Invalid(f"选项应为 2 至 {MOST_OPTIONS} 个，且各不相同。", field="options")
    right = set(facts.right)
    if not right or not right <= set(range(len(options))):
        raise Invalid("请在选项中指出正确答案。", field="right")
    if facts.kind != QuestionKind.MULTIPLE and len(right) != 1:
        raise Invalid("单选题和判断题只有一个正确答案。", field="right")
    if not 1 <= facts.marks <= 100:  # noqa: PLR2004 (marks are of a hundred)
        raise Invalid("分值应为 1 至 100。", field="marks")


@transaction.atomic
def remove_question(*, course_id: int, by: User, question_id: int) -> None:
    """Take a question out of the test of a course that takes no enrolments at present."""
    course = _course_with_open_test(course_id, by)
    question: Any = lock_own(TestQuestion, by, "考题", pk=question_id, course=course)
    trace(by, "删除考题", question, "question_removed")
    question.delete()


def _course_with_open_test(course_id: int, by: User) -> Course:
    course: Course = lock_own(Course, by, "课程", pk=course_id)
    require_standing(course.base)
    if course.state == CourseState.OPEN:
        raise WrongState("课程正在开放报名，考题不能修改。请先停开。")
    return course
