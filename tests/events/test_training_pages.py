"""Pages of training: who sees what, forms with their refusals, whole journeys, and fixed numbers of queries."""

import datetime as dt

import pytest

from events.models import Certificate, Course, Enrolment, TestQuestion, TrainingBase, TrainingSession
from events.services.training import certificates, sessions
from portal import clock
from tests.factories.accounts import OrganisationFactory, city_user, holder_user, province_user, sme_user
from tests.factories.training import held, open_course, people, planned, question, recognised, teacher_of

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def attended(session, user, *hours):
    rows = session.enrolments.order_by("pk")
    sessions.record_attendance(
        session_id=session.pk, by=user, hours={row.pk: one for row, one in zip(rows, hours, strict=True)}
    )


def test_province_recognises_a_base_in_the_admin(client):
    client.force_login(province_user())
    organisation = OrganisationFactory(kind="university")
    given = {
        "name": "海岱大学人才培养基地", "organisation": organisation.pk, "city_code": "370100", "field": "transfer",
        "summary": "简介", "document_number": "鲁市监知字〔2026〕3号", "recognised_on": "2026-02-01",
    }  # fmt: skip

    refused = client.post("/admin/events/trainingbase/add/", given | {"recognised_on": "2099-01-01"})
    client.post("/admin/events/trainingbase/add/", given)

    base = TrainingBase.objects.get()
    assert "认定日不能晚于今天。" in text(refused)
    assert (base.name, base.valid_until) == ("海岱大学人才培养基地", dt.date(2029, 1, 31))
    assert "海岱大学人才培养基地" in text(client.get("/events/training/"))
    client.post(
        f"/admin/events/trainingbase/{base.pk}/handle/", {"step": "revoke", "revoke-note": "不再具备条件"}
    )  # fmt: skip
    base.refresh_from_db()
    assert (base.state, base.revoke_reason) == ("revoked", "不再具备条件")


def test_base_makes_a_course_with_a_test_and_plans_it(client):
    base, user = recognised()
    client.force_login(user)

    client.post(f"/events/training/keep/bases/{base.ref}/teachers/new/", {
        "name": "王老师", "title": "教授", "organisation_name": "试验大学", "field": "valuation", "is_active": "on",
    })  # fmt: skip
    client.post(f"/events/training/keep/bases/{base.ref}/courses/new/", {
        "title": "价值评估", "field": "valuation", "audience": "manager", "hours": "8", "summary": "方法",
    })  # fmt: skip
    course = Course.objects.get()
    home = f"/events/training/keep/courses/{course.ref}/"
    refused = client.post(home, {"kind": "single", "text": "哪一项？", "options": "甲\n乙", "marks": "5"})
    client.post(home, {"kind": "multiple", "text": "哪几项？", "options": "*甲\n乙\n*丙", "marks": "5"})
    client.post(home, {"kind": "judge", "text": "对吗？", "verdict": "1", "marks": "5"})
    client.post(f"{home}open/")
    starts_at = (clock.now() + dt.timedelta(days=9)).strftime("%Y-%m-%dT09:00")
    client.post(f"{home}sessions/new/", {
        "teacher": base.teachers.get().pk, "starts_at": starts_at, "ends_at": starts_at.replace("T09", "T16"),
        "place": "201 教室", "capacity": "30",
    })  # fmt: skip

    course.refresh_from_db()
    assert (refused.status_code, "请在选项中指出正确答案。" in text(refused)) == (422, True)
    assert list(TestQuestion.objects.order_by("pk").values_list("kind", "options", "right", "marks")) == [
        ("multiple", ["甲", "乙", "丙"], [0, 2], 5),
        ("judge", ["正确", "错误"], [1], 5),
    ]
    assert (course.state, course.pass_mark) == ("open", 60)
    assert TrainingSession.objects.get().starts_at.astimezone(clock.SHANGHAI).hour == 9
    assert "价值评估" in text(client.get(home))


def test_firm_signs_people_up_line_by_line(client):
    session, _ = planned()
    firm = sme_user()
    client.force_login(firm)
    address = f"/events/training/sessions/{session.ref}/enrol/"

    refused = client.post(address, {"people": "王芳 13800001234 总工程师\n李强"})
    client.post(address, {"people": "王芳 13800001234 总工程师\n李强，13800001235"})

    assert (refused.status_code, "第 2 行“李强”应有姓名和手机。" in text(refused)) == (422, True)
    assert list(Enrolment.objects.order_by("pk").values_list("person_name", "person_phone", "position")) == [
        ("王芳", "13800001234", "总工程师"),
        ("李强", "13800001235", ""),
    ]
    assert "王芳" in text(client.get("/events/training/mine/"))
    other = sme_user()
    client.force_login(other)
    assert client.post(f"/events/training/enrolments/{Enrolment.objects.first().pk}/withdraw/").status_code == 404


def test_hours_test_and_certificate_on_the_pages(client):
    session, (first, second), user, firm = held(questions=[question()])
    client.force_login(user)
    address = f"/events/training/sessions/{session.ref}/attendance/".replace("sessions", "keep/sessions")

    refused = client.post(address, {f"hours-{first.pk}": "9", f"hours-{second.pk}": "0"})
    client.post(address, {f"hours-{first.pk}": "8", f"hours-{second.pk}": "0"})
    client.logout()
    paper = f"/events/training/tests/{first.code}/"
    name = f"question-{session.course.questions.get().pk}"
    failed = client.post(paper, {name: "1"}, follow=True)
    forged = client.post(paper, {name: ["7", "x"]}, follow=True)
    passed = client.post(paper, {name: "0"}, follow=True)
    again = client.post(paper, {name: "0"})

    assert refused.status_code == 422
    assert ["已交卷：0.0 分，未合格。" in text(one) for one in (failed, forged)] == [True, True]
    assert "已交卷：100.0 分，合格。" in text(passed)
    assert (again.status_code, "已经合格，不必再考。" in text(again)) == (422, True)
    number = Certificate.objects.get().number
    public = text(client.get(f"/events/training/certificates/{number}/"))
    assert ("张*" in public, "张三" in public, "打印证书" in public) == (True, False, False)
    assert client.get("/events/training/certificates/", {"number": f" {number.lower()} "}).url.endswith(f"{number}/")
    assert "没有编号为 PX0 的证书" in text(client.get("/events/training/certificates/", {"number": "PX0"}))
    assert client.get(f"/events/training/certificates/{number}/print/").status_code == 302
    client.force_login(sme_user())
    assert client.get(f"/events/training/certificates/{number}/print/").status_code == 404
    client.force_login(firm)
    printed = text(client.get(f"/events/training/certificates/{number}/print/"))
    assert ("张三" in printed, "data:image/svg+xml" in printed) == (True, True)
    assert client.get("/events/training/tests/forged/").status_code == 404


def test_revoked_certificate_says_so_to_everybody(client):
    session, _, user, _ = held()
    attended(session, user, 8, 0)
    certificate = Certificate.objects.get()
    certificates.revoke_certificate(certificate_id=certificate.pk, by=province_user(), note="代签到")

    page = text(client.get(certificate.get_absolute_url()))

    assert ("已撤销" in page, "代签到" in page) == (True, True)


def test_draft_course_is_its_bases_alone(client):
    base, user = recognised()
    course = open_course(user, base)
    Course.objects.update(state="draft")

    assert client.get(course.get_absolute_url()).status_code == 404
    for who, status in ((holder_user(), 404), (user, 200), (province_user(), 200)):
        client.force_login(who)
        assert client.get(course.get_absolute_url()).status_code == status
        assert client.get(f"/events/training/keep/courses/{course.ref}/").status_code == status


def test_hours_are_a_sheet_for_officials(client):
    session, _, user, _ = held()
    attended(session, user, 8, 3)
    client.force_login(city_user())

    page, sheet = (client.get("/events/training/hours/", {"format": kind}) for kind in ("", "xlsx"))

    assert "目标 T09：人才培养基地 1 家（目标 6 家以上" in text(page)
    assert sheet.content[:2] == b"PK"


@pytest.mark.parametrize("rows", [1, 3])
def test_overview_query_count(client, django_assert_num_queries, rows):
    base, user = recognised()
    teacher = teacher_of(user, base)
    for number in range(rows):
        recognised(name=f"基地{number}")
        course = open_course(user, base, title=f"课程{number}")
        starts_at = clock.now() + dt.timedelta(days=number + 1)
        TrainingSession.objects.create(
            ref=f"BC-{number}", course=course, teacher=teacher, starts_at=starts_at, place="x", capacity=9,
            ends_at=starts_at + dt.timedelta(hours=2),
        )  # fmt: skip

    with django_assert_num_queries(6):
        client.get("/events/training/")


@pytest.mark.parametrize("rows", [1, 3])
def test_attendance_query_count(client, django_assert_num_queries, rows):
    session, user = planned()
    sessions.enrol(session_id=session.pk, by=sme_user(), people=people(*"甲乙丙"[:rows]))
    client.force_login(user)

    with django_assert_num_queries(8):
        client.get(f"/events/training/keep/sessions/{session.ref}/attendance/")
