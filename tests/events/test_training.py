"""Bases, courses, sessions, hours, tests and certificates; and what is refused."""

import datetime as dt
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from events.models import Certificate, Enrolment, TestAttempt, TrainingBase, TrainingSession
from events.queries import training as queries
from events.services.training import bases, certificates, courses, sessions
from portal import clock
from portal.audit.models import AuditEntry
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Event as OutboxEvent
from tests.factories.accounts import OrganisationFactory, city_user, holder_user, province_user, sme_user
from tests.factories.training import (
    DAY,
    base_facts,
    course_facts,
    held,
    open_course,
    people,
    planned,
    question,
    recognised,
    session_facts,
    teacher_of,
)

pytestmark = pytest.mark.django_db


def written():
    """Every row of events, and how much was told."""
    rows = [
        list(model._default_manager.order_by("pk").values()) for model in apps.get_app_config("events").get_models()
    ]
    return rows, [model.objects.count() for model in (OutboxEvent, AuditEntry, Notice)]


def refuse(error, message, verb):
    """The verb refuses in these words and leaves no trace."""
    before = written()
    with pytest.raises(error) as refusal, transaction.atomic():
        verb()
    assert (refusal.value.message, written()) == (message, before)


def attend(session, user, *hours):
    rows = session.enrolments.order_by("pk")
    return sessions.record_attendance(
        session_id=session.pk, by=user, hours={row.pk: Decimal(one) for row, one in zip(rows, hours, strict=True)}
    )


def right_answers(course):
    return {one.pk: frozenset(one.right) for one in course.questions.all()}


def test_base_is_recognised_for_the_years_of_the_rule():
    base, user = recognised()

    assert (base.valid_until, base.rule.code, base.state) == (dt.date(2028, 2, 29), "SD-TRAINING-2021", "recognised")
    assert base.ref.startswith("JD20")
    assert Notice.objects.get().recipient == user.organisation
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["认定人才培养基地"]


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"name": " "}, Invalid, "请填写基地名称。"),
        ({"document_number": ""}, Invalid, "请填写认定文号。"),
        ({"field": "x"}, Invalid, "请从列出的方向中选择。"),
        ({"city_code": "110100"}, Invalid, "请从列出的城市中选择。"),
        ({"recognised_on": dt.date(2099, 1, 1)}, Invalid, "认定日不能晚于今天。"),
        ({"name": "已有基地"}, Conflict, "已有同名基地。"),
    ],
)
def test_base_that_cannot_be_registered_is_refused(changes, error, message):
    recognised(name="已有基地")
    organisation, province = OrganisationFactory(), province_user()

    refuse(error, message, lambda: bases.recognise_base(by=province, facts=base_facts(organisation, **changes)))


def test_only_the_province_recognises():
    official, facts = city_user(), base_facts()

    refuse(
        NotAllowed, "人才培养基地由省级管理人员认定。", lambda: bases.recognise_base(by=official, facts=facts)
    )  # fmt: skip


def test_t09_counts_bases_that_stand_on_the_day_row_by_row():
    first, _ = recognised(name="一", recognised_on=dt.date(2023, 5, 1))
    second, _ = recognised(name="二", recognised_on=dt.date(2026, 2, 1))
    third, _ = recognised(name="三", recognised_on=dt.date(2026, 3, 1))
    bases.revoke_base(base_id=third.pk, by=province_user(), note="停办")

    def counted(*day):
        return list(queries.bases_counted(dt.date(*day)))

    assert counted(2023, 4, 30) == []
    assert counted(2023, 5, 1) == [first]
    assert counted(2026, 3, 1) == [first, second, third]
    # The last day of three years counts, the next does not.
    assert counted(2026, 4, 30) == [first, second, third]
    assert counted(2026, 5, 1) == [second, third]
    assert counted(clock.today().year, 12, 31) == [second]


def test_recognition_runs_on_after_a_new_assessment():
    base, _ = recognised()
    province = province_user()

    bases.prolong_base(base_id=base.pk, by=province, valid_until=dt.date(2031, 2, 28), note="鲁市监知字〔2028〕2号")

    assert TrainingBase.objects.get().valid_until == dt.date(2031, 2, 28)
    for day, note, message in (
        (dt.date(2031, 2, 28), "依据", "新的有效期应晚于 2031-02-28。"),
        (dt.date(2032, 1, 1), " ", "请填写延续的依据。"),
    ):
        refuse(
            Invalid,
            message,
            lambda day=day, note=note: bases.prolong_base(base_id=base.pk, by=province, valid_until=day, note=note),
        )


def test_nothing_is_taught_at_a_base_that_fell():
    base, user = recognised()
    bases.revoke_base(base_id=base.pk, by=province_user(), note="停办")

    refuse(
        WrongState,
        "基地已撤销或者超过有效期，不能办理。",
        lambda: courses.save_course(by=user, base_id=base.pk, facts=course_facts()),
    )


def test_base_of_another_is_not_there():
    base, _ = recognised()

    for user in (holder_user(), sme_user(), city_user()):
        refuse(
            NotFound,
            "没有这个培养基地。",
            lambda user=user: courses.save_course(by=user, base_id=base.pk, facts=course_facts()),
        )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": ""}, "请填写课程名称。"),
        ({"summary": ""}, "请填写课程内容。"),
        ({"hours": Decimal(0)}, "学时应大于 0，不超过 200。"),
        ({"hours": Decimal("200.5")}, "学时应大于 0，不超过 200。"),
        ({"audience": "x"}, "请从列出的培训对象中选择。"),
        ({"pass_mark": 101}, "合格分数应为 0 至 100。"),
    ],
)
def test_course_that_makes_no_sense_is_refused(changes, message):
    base, user = recognised()

    refuse(Invalid, message, lambda: courses.save_course(by=user, base_id=base.pk, facts=course_facts(**changes)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"options": ["一"]}, "选项应为 2 至 8 个，且各不相同。"),
        ({"options": ["一", "一"]}, "选项应为 2 至 8 个，且各不相同。"),
        ({"right": []}, "请在选项中指出正确答案。"),
        ({"right": [2]}, "请在选项中指出正确答案。"),
        ({"right": [0, 1]}, "单选题和判断题只有一个正确答案。"),
        ({"marks": 0}, "分值应为 1 至 100。"),
        ({"text": ""}, "请填写题干。"),
    ],
)
def test_question_that_cannot_be_answered_is_refused(changes, message):
    base, user = recognised()
    course = courses.save_course(by=user, base_id=base.pk, facts=course_facts())

    refuse(
        Invalid, message, lambda: courses.add_question(course_id=course.pk, by=user, facts=question(**changes))
    )  # fmt: skip


def test_open_course_keeps_its_hours_and_questions():
    base, user = recognised()
    course = open_course(user, base, questions=[question()])

    refuse(
        WrongState,
        "课程正在开放报名，考题不能修改。请先停开。",
        lambda: courses.add_question(course_id=course.pk, by=user, facts=question()),
    )
    refuse(
        WrongState,
        "课程正在开放报名，请先停开再修改。",
        lambda: courses.save_course(by=user, base_id=base.pk, facts=course_facts(), course_id=course.pk),
    )
    courses.close_course(course_id=course.pk, by=user)
    courses.remove_question(course_id=course.pk, by=user, question_id=course.questions.get().pk)
    assert course.questions.count() == 0


def test_teacher_is_not_in_two_places():
    base, user = recognised()
    course, teacher = open_course(user, base), teacher_of(user, base)
    first = sessions.save_session(by=user, course_id=course.pk, facts=session_facts(teacher))
    facts = session_facts(
        teacher, starts_at=first.starts_at + dt.timedelta(hours=1), ends_at=first.ends_at + dt.timedelta(hours=1)
    )

    refuse(
        Conflict,
        "这位教师在同一时间另有班次。",
        lambda: sessions.save_session(by=user, course_id=course.pk, facts=facts),
    )
    sessions.cancel_session(session_id=first.pk, by=user, reason="教师生病")
    assert sessions.save_session(by=user, course_id=course.pk, facts=facts).state == "planned"
    with pytest.raises(IntegrityError, match="training_teacher_in_one_place"), transaction.atomic():
        TrainingSession.objects.filter(pk=first.pk).update(state="planned", cancel_reason="")


def test_sessions_are_bounded_by_time_places_and_recognition():
    base, user = recognised()
    course, teacher = open_course(user, base), teacher_of(user, base)
    other = teacher_of(*reversed(recognised(name="另一基地")))
    now = clock.now()
    late = dt.datetime.combine(base.valid_until + DAY, dt.time(9), tzinfo=clock.SHANGHAI)
    for changes, message in (
        ({"ends_at": now + 5 * DAY, "starts_at": now + 5 * DAY}, "结束时间应晚于开始时间。"),
        ({"starts_at": now - DAY}, "开始时间已经过去。"),
        ({"starts_at": late, "ends_at": late + DAY}, "基地有效期至 2028-02-29，不能排在其后。"),
        ({"place": " "}, "请填写地点。"),
        ({"capacity": 0}, "名额应为 1 至 2000。"),
        ({"teacher_id": other.pk}, "请从本基地在聘的教师中选择。"),
    ):
        refuse(
            Invalid,
            message,
            lambda changes=changes: sessions.save_session(
                by=user, course_id=course.pk, facts=session_facts(teacher, **changes)
            ),
        )


def test_people_are_enrolled_all_or_none_while_places_are_left():
    session, _ = planned()
    firm, other = sme_user(), sme_user()
    sessions.enrol(session_id=session.pk, by=firm, people=people("张三", "李四"))

    refuse(
        Conflict,
        "名额不足，还剩 1 个。",
        lambda: sessions.enrol(
            session_id=session.pk,
            by=other,
            people=[sessions.Participant("甲", "13911110000"), sessions.Participant("乙", "13911110001")],
        ),
    )
    refuse(
        Invalid,
        "手机 13900000001 已报名该班次。",
        lambda: sessions.enrol(session_id=session.pk, by=other, people=people("张三")),
    )
    for who, message in (
        ([], "一次可报 1 至 20 人。"),
        ([sessions.Participant(" ", "13911110000")], "请填写姓名。"),
        ([sessions.Participant("甲", "1391-111")], "“甲”的手机号只能是数字，7 至 20 位。"),
        ([sessions.Participant("甲", "13911110000")] * 2, "名单中有重复的手机号。"),
    ):
        refuse(
            Invalid, message, lambda who=who: sessions.enrol(session_id=session.pk, by=other, people=who)
        )  # fmt: skip
    mine = Enrolment.objects.filter(organisation=firm.organisation).first()
    refuse(NotFound, "没有这名学员。", lambda: sessions.withdraw(enrolment_id=mine.pk, by=other))
    sessions.withdraw(enrolment_id=mine.pk, by=firm)
    assert [row.person_name for row in session.enrolments.standing()] == ["李四"]


def test_session_that_began_takes_nobody_and_loses_nobody():
    session, rows, user, firm = held()

    refuse(
        WrongState,
        "班次已经开始，不能再变更。",
        lambda: sessions.enrol(session_id=session.pk, by=firm, people=[sessions.Participant("丙", "13911110002")]),
    )
    refuse(
        WrongState,
        "班次已经开始，不能再变更。",
        lambda: sessions.withdraw(enrolment_id=rows[0].pk, by=firm),
    )
    refuse(
        WrongState,
        "班次已经开始，不能再变更。",
        lambda: sessions.cancel_session(session_id=session.pk, by=user, reason="x"),
    )


def test_cancelled_session_tells_who_signed_up():
    session, user = planned()
    firm = sme_user()
    sessions.enrol(session_id=session.pk, by=firm, people=people("张三", "李四"))

    sessions.cancel_session(session_id=session.pk, by=user, reason="场地停电")

    told = Notice.objects.get(recipient=firm.organisation)
    assert (told.title, told.body) == (f"培训取消：{session}", "原因：场地停电")


def test_course_without_a_test_is_certified_by_hours():
    session, (first, second), user, firm = held()

    issued = attend(session, user, "6.4", "6.3")

    certificate = Certificate.objects.get()
    assert issued == 1
    assert (certificate.enrolment, certificate.person_name, certificate.hours, certificate.score) == (
        first, "张三", Decimal("6.4"), None,
    )  # fmt: skip
    assert certificate.number.startswith("PX20")
    assert queries.hours_by_person(firm.organisation_id) == [
        queries.PersonHours("张三", "13900000001", Decimal("6.4"), 1, 1),
        queries.PersonHours("李四", "13900000002", Decimal("6.3"), 1, 0),
    ]
    assert queries.hours_by_organisation() == [
        queries.OrganisationHours(firm.organisation.name, "370100", 2, Decimal("12.7"), 1)
    ]
    # The second's hours were entered wrongly; the first's stand, a certificate rests on them.
    assert attend(session, user, "6.4", "8") == 1
    refuse(WrongState, "“张三”已发证书，学时不能修改。", lambda: attend(session, user, "5", "8"))
    assert second.certificate.hours == 8


def test_hours_are_within_the_course_and_after_its_begin():
    session, rows, user, _ = held()

    refuse(Invalid, "“张三”的学时应为 0 至 8.0。", lambda: attend(session, user, "8.1", "8"))
    refuse(Invalid, "“张三”的学时应为 0 至 8.0。", lambda: attend(session, user, "-1", "8"))
    refuse(
        Invalid,
        "名单中有不属于本班次的学员。",
        lambda: sessions.record_attendance(session_id=session.pk, by=user, hours={0: Decimal(1)}),
    )
    TrainingSession.objects.update(starts_at=clock.now() + DAY, ends_at=clock.now() + 2 * DAY)
    refuse(WrongState, "班次还没有开始或者已取消，不能登记学时。", lambda: attend(session, user, "8", "8"))
    assert rows[0].attended_hours is None


def test_test_is_sat_by_code_and_brings_the_certificate():
    session, (first, second), user, _ = held(questions=[question(), question(kind="judge", text="对吗？", marks=6)])
    course = session.course
    refuse(
        WrongState,
        "还没有登记学时，培训结束后由基地登记。",
        lambda: certificates.submit_test(code=first.code, answers=right_answers(course)),
    )
    attend(session, user, "8", "1")

    failed = certificates.submit_test(code=first.code, answers={course.questions.first().pk: frozenset({0})})
    passed = certificates.submit_test(code=first.code, answers=right_answers(course))

    assert [(one.number, one.score, one.has_passed) for one in (failed, passed)] == [
        (1, Decimal("40.0"), False),
        (2, Decimal("100.0"), True),
    ]
    assert (Certificate.objects.get().score, Certificate.objects.get().enrolment) == (Decimal("100.0"), first)
    refuse(
        WrongState,
        "已经合格，不必再考。",
        lambda: certificates.submit_test(code=first.code, answers=right_answers(course)),
    )
    refuse(
        WrongState,
        "实到学时不足，不能参加考试。",
        lambda: certificates.submit_test(code=second.code, answers=right_answers(course)),
    )
    refuse(
        NotFound, "没有这份考试，请核对链接。", lambda: certificates.submit_test(code="forged", answers={})
    )  # fmt: skip


def test_test_is_sat_so_often_as_the_rule_says_and_attempts_stay():
    session, (first, _), user, _ = held(questions=[question()])
    attend(session, user, "8", "8")
    for _ in range(3):
        certificates.submit_test(code=first.code, answers={})

    refuse(
        WrongState,
        "已考 3 次，每门课程最多 3 次。",
        lambda: certificates.submit_test(code=first.code, answers=right_answers(session.course)),
    )
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        TestAttempt.objects.filter(number=1).update(score=100)


def test_certificate_is_revoked_by_the_province_with_the_reason():
    session, _, user, firm = held()
    attend(session, user, "8", "0")
    certificate = Certificate.objects.get()

    refuse(
        NotAllowed,
        "您没有将其变更为“已撤销”的权限。",
        lambda: certificates.revoke_certificate(certificate_id=certificate.pk, by=user, note="x"),
    )
    province = province_user()
    refuse(
        Invalid,
        "请填写撤销理由。",
        lambda: certificates.revoke_certificate(certificate_id=certificate.pk, by=province, note=" "),
    )
    certificates.revoke_certificate(certificate_id=certificate.pk, by=province, note="代签到")
    certificate.refresh_from_db()
    assert (certificate.state, certificate.revoked_on) == ("revoked", clock.today())
    assert queries.hours_by_person(firm.organisation_id)[0].certificate_count == 0


def test_participants_are_seen_by_who_sends_who_teaches_and_the_province():
    _, rows, user, firm = held()

    seen = [
        Enrolment.objects.visible_to(one).count()
        for one in (user, firm, province_user(), sme_user(), holder_user(), city_user())
    ]

    assert seen == [len(rows), len(rows), len(rows), 0, 0, 0]
