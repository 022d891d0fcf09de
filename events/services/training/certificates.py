"""Tests, and the certificates that are issued by themselves when a course was completed."""

from collections.abc import Mapping

from django.db import transaction

from events.enums.training import CertificateState, EnrolmentState, SessionState
from events.models import Certificate, Enrolment, TestAttempt
from events.policy.training import has_attended, has_completed, mark_test
from events.queries.training import attempts_allowed, best_score, questions_of, terms_of
from events.services.training.common import trace
from events.workflow.training import CERTIFICATE_FLOW
from portal import clock, refs
from portal.accounts.models import User
from portal.errors import Invalid, NotFound, WrongState
from portal.notices.services import notify


@transaction.atomic
def submit_test(*, code: str, answers: Mapping[int, frozenset[int]]) -> TestAttempt:
    """Mark a sitting of who holds the code, and issue the certificate when it was passed.

    A question left out counts nothing. Who attended too few hours, has passed, or has no attempt left cannot sit.

    Raises:
        NotFound: nobody has this code.
        WrongState: the test cannot be sat (any more).
        Invalid: the test has no questions.
    """
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("session__course__base", "organisation")
    enrolment = rows.filter(code=code, session__state=SessionState.PLANNED).first()
    if enrolment is None:
        raise NotFound("没有这份考试，请核对链接。")
    course = enrolment.session.course
    questions, terms = questions_of(course), terms_of(course)
    if not questions:
        raise Invalid("本课程没有考试。")
    sat = enrolment.attempts.count()
    if (reason := why_closed(enrolment, sat)) is not None:
        raise WrongState(reason)
    score = mark_test(questions, answers)
    attempt = TestAttempt.objects.create(
        enrolment=enrolment,
        number=sat + 1,
        answers={str(key): sorted(chosen) for key, chosen in answers.items()},
        score=score,
        has_passed=score >= terms.pass_mark,
        at=clock.now(),
    )
    trace(None, "提交培训考试", enrolment, "test_sat", score=str(score), number=attempt.number)
    issue_if_due(enrolment)
    return attempt


def why_closed(enrolment: Enrolment, sat: int) -> str | None:
    """Why the test cannot be sat now, in words for the participant; None while it can."""
    course = enrolment.session.course
    if enrolment.state != EnrolmentState.ATTENDED:
        return "还没有登记学时，培训结束后由基地登记。"
    if not has_attended(course.hours, enrolment.attended_hours or course.hours * 0, terms_of(course)):
        return "实到学时不足，不能参加考试。"
    if hasattr(enrolment, "certificate"):
        return "已经合格，不必再考。"
    allowed = attempts_allowed()
    return f"已考 {sat} 次，每门课程最多 {allowed} 次。" if sat >= allowed else None


def issue_if_due(enrolment: Enrolment) -> Certificate | None:
    """Issue the certificate of who has completed the course; None when that is not so. Runs inside a verb."""
    session = enrolment.session
    course, score = session.course, best_score(enrolment)
    attended = enrolment.attended_hours
    if attended is None or hasattr(enrolment, "certificate"):
        return None
    if not has_completed(course.hours, attended, score, terms_of(course)):
        return None
    pk, number = refs.reserve(Certificate, "PX")
    certificate = Certificate.objects.create(
        pk=pk,
        number=number,
        enrolment=enrolment,
        person_name=enrolment.person_name,
        organisation_name=enrolment.organisation.name,
        base_name=course.base.name,
        course_title=course.title,
        hours=attended,
        score=score,
        taught_on=session.starts_at.astimezone(clock.SHANGHAI).date(),
        issued_on=clock.today(),
    )
    trace(None, "颁发培训证书", certificate, "certified")
    notify(
        recipient=enrolment.organisation,
        kind="events.certificate",
        title=f"{enrolment.person_name}取得培训证书：{course.title}",
        body=f"证书编号 {number}，可打印并公开核验。",
        link=certificate.get_absolute_url(),
    )
    return certificate


@transaction.atomic
def revoke_certificate(*, certificate_id: int, by: User, note: str) -> Certificate:
    """Take a certificate back, with the reason; its check page says so from then on."""
    certificate = Certificate.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=certificate_id).first()
    if certificate is None:
        raise NotFound("没有这份证书。")
    CERTIFICATE_FLOW.require(certificate.state, CertificateState.REVOKED, actor=by)
    if not note.strip():
        raise Invalid("请填写撤销理由。", field="note")
    certificate.state, certificate.revoked_on = CertificateState.REVOKED, clock.today()
    certificate.revoke_reason = note.strip()
    certificate.save(update_fields=["state", "revoked_on", "revoke_reason"])
    trace(by, "撤销培训证书", certificate, "certificate_revoked", note.strip())
    notify(
        recipient=certificate.enrolment.organisation,
        kind="events.certificate",
        title=f"培训证书 {certificate} 已撤销",
        body=f"理由：{note.strip()}",
        link=certificate.get_absolute_url(),
    )
    return certificate
