"""A training base with a course, a teacher and a session that people came to."""

import datetime as dt
from decimal import Decimal

from events.models import TrainingSession
from events.services.training import bases, courses, sessions
from portal import clock
from tests.factories.accounts import OrganisationFactory, UserFactory, holder_user, province_user, sme_user

DAY = dt.timedelta(days=1)


def base_facts(organisation=None, **changes):
    values = {
        "name": "试验大学知识产权人才培养基地",
        "organisation": organisation or OrganisationFactory(kind="university"),
        "city_code": "370100",
        "field": "transfer",
        "summary": "面向中小企业和高校运营中心开展专利转移转化培训。",
        "document_number": "鲁市监知字〔2025〕1号",
        "recognised_on": dt.date(2025, 3, 1),
    }
    return bases.BaseFacts(**values | changes)


def recognised(user=None, *, by=None, **changes):
    """A base of the user's organisation."""
    user = user or holder_user()
    return bases.recognise_base(by=by or province_user(), facts=base_facts(user.organisation, **changes)), user


def course_facts(**changes):
    values = {
        "title": "专利价值评估实务",
        "field": "valuation",
        "audience": "manager",
        "hours": Decimal("8.0"),
        "summary": "方法、参数和报告。",
    }
    return courses.CourseFacts(**values | changes)


def question(**changes):
    values = {
        "kind": "single",
        "text": "收益法以什么为基础？",
        "options": ["未来收益", "历史成本"],
        "right": [0],
        "marks": 4,
    }
    return courses.QuestionFacts(**values | changes)


def open_course(user, base, *, questions=(), **changes):
    """A course that takes enrolments; its test has the questions given."""
    course = courses.save_course(by=user, base_id=base.pk, facts=course_facts(**changes))
    for one in questions:
        courses.add_question(course_id=course.pk, by=user, facts=one)
    return courses.open_course(course_id=course.pk, by=user)


def teacher_of(user, base, name="王老师"):
    facts = courses.TeacherFacts(name, "副教授", "试验大学", "valuation")
    return courses.save_teacher(by=user, base_id=base.pk, facts=facts)


def session_facts(teacher, **changes):
    starts_at = clock.now().replace(minute=0, second=0, microsecond=0) + 5 * DAY
    values = {
        "teacher_id": teacher.pk,
        "starts_at": starts_at,
        "ends_at": starts_at + dt.timedelta(hours=6),
        "place": "培训楼 201",
        "capacity": 3,
    }
    return sessions.SessionFacts(**values | changes)


def planned(user=None, *, questions=(), **changes):
    """A session to come of an own base: (session, user of the base)."""
    base, user = recognised(user)
    course = open_course(user, base, questions=questions)
    facts = session_facts(teacher_of(user, base), **changes)
    return sessions.save_session(by=user, course_id=course.pk, facts=facts), user


def people(*names):
    return [sessions.Participant(name, f"1390000{number:04d}") for number, name in enumerate(names, 1)]


def held(*, questions=(), names=("张三", "李四"), user=None, firm=None):
    """A session that is over, with its people: (session, enrolments, user of the base, user of the firm)."""
    session, user = planned(user, questions=questions)
    firm = firm or sme_user()
    rows = sessions.enrol(session_id=session.pk, by=firm, people=people(*names))
    over = clock.now() - DAY
    TrainingSession.objects.filter(pk=session.pk).update(starts_at=over - dt.timedelta(hours=6), ends_at=over)
    session.refresh_from_db()
    return session, rows, user, firm


def colleague(user):
    """Another person of the same organisation."""
    return UserFactory(role=user.role, organisation=user.organisation)
