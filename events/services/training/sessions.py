"""When a course is taught, who comes, and how many hours each was there."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction

from events.enums.training import CourseState, EnrolmentState, SessionState
from events.models import Course, Enrolment, Teacher, TrainingSession
from events.services.training.certificates import issue_if_due
from events.services.training.common import lock_own, require_standing, trace
from events.workflow.training import ENROLMENT_FLOW, LEARNING, SESSION_FLOW
from portal import clock, refs
from portal.accounts.enums import RegistrationState, Role
from portal.accounts.models import Organisation, User
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.services import Message, notify_many

MOST_PLACES = 2000
MOST_AT_ONCE = 20
PHONE_DIGITS = range(7, 21)


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """When, where, by whom and for how many."""

    teacher_id: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    place: str
    capacity: int


@dataclass(frozen=True, slots=True)
class Participant:
    """A person who comes."""

    name: str
    phone: str
    position: str = ""


@transaction.atomic
def save_session(*, by: User, course_id: int, facts: SessionFacts, session_id: int | None = None) -> TrainingSession:
    """Plan a session of an open course, or change one that has not begun; who signed up is told of a change.

    Raises:
        Invalid: names the field.
        Conflict: the teacher teaches elsewhere then, or more people signed up than the new number of places.
    """
    course: Course = lock_own(Course, by, "课程", pk=course_id)
    require_standing(course.base)
    if course.state != CourseState.OPEN:
        raise WrongState("课程没有开放，不能排期。")
    teacher = _check_session(course, facts)
    if session_id is None:
        pk, ref = refs.reserve(TrainingSession, "BC")
        session = TrainingSession(pk=pk, ref=ref, course=course)
    else:
        session = lock_own(TrainingSession, by, "班次", pk=session_id, course=course)
        _require_to_come(session)
        if session.enrolments.standing().count() > facts.capacity:
            raise Conflict("名额少于已报名人数。", field="capacity")
    session.teacher, session.starts_at, session.ends_at = teacher, facts.starts_at, facts.ends_at
    session.place, session.capacity = facts.place.strip(), facts.capacity
    try:
        with transaction.atomic():
            session.save()
    except IntegrityError as error:
        raise Conflict("这位教师在同一时间另有班次。", field="teacher") from error
    trace(by, "安排培训班次", session, "session_saved")
    if session_id is not None:
        _tell(session, f"培训安排变更：{session}", f"{session.place}，{_at(session)}。")
    return session


def _check_session(course: Course, facts: SessionFacts) -> Teacher:
    teacher = Teacher.objects.filter(base_id=course.base_id, pk=facts.teacher_id, is_active=True).first()
    if teacher is None:
        raise Invalid("请从本基地在聘的教师中选择。", field="teacher")
    if facts.ends_at <= facts.starts_at:
        raise Invalid("结束时间应晚于开始时间。", field="ends_at")
    if facts.starts_at <= clock.now():
        raise Invalid("开始时间已经过去。", field="starts_at")
    if facts.starts_at.astimezone(clock.SHANGHAI).date() > course.base.valid_until:
        raise Invalid(f"基地有效期至 {course.base.valid_until}，不能排在其后。", field="starts_at")
    if not facts.place.strip():
        raise Invalid("请填写地点。", field="place")
    if not 1 <= facts.capacity <= MOST_PLACES:
        raise Invalid(f"名额应为 1 至 {MOST_PLACES}。", field="capacity")
    return teacher


@transaction.atomic
def cancel_session(*, session_id: int, by: User, reason: str) -> TrainingSession:
    """Call a session off that has not begun; who signed up is told why."""
    session: TrainingSession = lock_own(TrainingSession, by, "班次", pk=session_id)
    SESSION_FLOW.require(session.state, SessionState.CANCELLED, actor=by)
    _require_to_come(session)
    if not reason.strip():
        raise Invalid("请填写取消原因，学员能看到。", field="reason")
    session.state, session.cancel_reason = SessionState.CANCELLED, reason.strip()
    session.save(update_fields=["state", "cancel_reason"])
    trace(by, "取消培训班次", session, "session_cancelled", reason.strip())
    _tell(session, f"培训取消：{session}", f"原因：{reason.strip()}")
    return session


@transaction.atomic
def enrol(*, session_id: int, by: User, people: Sequence[Participant]) -> list[Enrolment]:
    """Sign people of the own organisation up, all or none.

    Raises:
        Invalid: a person is described badly, twice in the list, or signed up already.
        Conflict: fewer places are left.
        WrongState: the session has begun, is cancelled, or its course is closed.
    """
    if by.role not in LEARNING or by.organisation is None:
        raise NotAllowed("培训由企业、高校院所和金融机构的账号报名。")
    if by.organisation.state != RegistrationState.APPROVED:
        raise Invalid("单位注册尚未通过审核，不能报名。")
    # The lock on the session lets two who come for the last place come one after the other.
    session = _lock_open(session_id)
    _check_people(people)
    taken = session.enrolments.standing()
    if known := taken.filter(person_phone__in=[one.phone for one in people]).first():
        raise Invalid(f"手机 {known.person_phone} 已报名该班次。", field="people")
    left = session.capacity - taken.count()
    if len(people) > left:
        raise Conflict(f"名额不足，还剩 {max(left, 0)} 个。", field="people")
    rows = Enrolment.objects.bulk_create(
        Enrolment(
            session=session,
            organisation=by.organisation,
            person_name=one.name.strip(),
            person_phone=one.phone,
            position=one.position.strip(),
            made_by=by,
        )
        for one in people
    )
    trace(by, "培训报名", session, "enrolled", people=len(rows), organisation=by.organisation.pk)
    return rows


def _lock_open(session_id: int) -> TrainingSession:
    rows = TrainingSession.objects.select_for_update(of=("self",)).select_related("course__base")
    session: TrainingSession | None = rows.filter(pk=session_id).first()
    if session is None:
        raise NotFound("没有这个班次。")
    if session.course.state != CourseState.OPEN:
        raise WrongState("课程没有开放报名。")
    require_standing(session.course.base)
    _require_to_come(session)
    return session


def _require_to_come(session: TrainingSession) -> None:
    if session.state == SessionState.CANCELLED:
        raise WrongState("班次已取消。")
    if session.has_begun:
        raise WrongState("班次已经开始，不能再变更。")


def _check_people(people: Sequence[Participant]) -> None:
    if not 1 <= len(people) <= MOST_AT_ONCE:
        raise Invalid(f"一次可报 1 至 {MOST_AT_ONCE} 人。", field="people")
    for one in people:
        if not one.name.strip():
            raise Invalid("请填写姓名。", field="people")
        if not one.phone.isdecimal() or len(one.phone) not in PHONE_DIGITS:
            raise Invalid(f"“{one.name}”的手机号只能是数字，7 至 20 位。", field="people")
    if len({one.phone for one in people}) < len(people):
        raise Invalid("名单中有重复的手机号。", field="people")


@transaction.atomic
def withdraw(*, enrolment_id: int, by: User) -> Enrolment:
    """Give a place back before the session begins."""
    rows = Enrolment.objects.visible_to(by).select_for_update(of=("self",)).select_related("session")
    if by.role != Role.PROVINCE:
        rows = rows.filter(organisation=by.organisation)
    enrolment = rows.filter(pk=enrolment_id).first()
    if enrolment is None:
        raise NotFound("没有这名学员。")
    ENROLMENT_FLOW.require(enrolment.state, EnrolmentState.WITHDRAWN, actor=by)
    _require_to_come(enrolment.session)
    enrolment.state = EnrolmentState.WITHDRAWN
    enrolment.save(update_fields=["state"])
    trace(by, "取消培训报名", enrolment, "withdrawn")
    return enrolment


@transaction.atomic
def record_attendance(*, session_id: int, by: User, hours: Mapping[int, Decimal]) -> int:
    """Enter the hours each participant was there, 0 for who did not come; says how many certificates came of it.

    Hours may be corrected until a certificate is issued for them.

    Raises:
        Invalid: hours below 0 or above the course's, or a participant of another session.
        WrongState: the session has not begun, or a certificate rests on the hours.
    """
    session: TrainingSession = lock_own(TrainingSession, by, "班次", pk=session_id)
    if session.state == SessionState.CANCELLED or not session.has_begun:
        raise WrongState("班次还没有开始或者已取消，不能登记学时。")
    rows = session.enrolments.standing().select_for_update(of=("self",)).select_related("certificate")
    here = {one.pk: one for one in rows.filter(pk__in=list(hours)).order_by("pk")}
    if set(here) != set(hours):
        raise Invalid("名单中有不属于本班次的学员。", field="hours")
    issued = 0
    for pk, enrolment in here.items():
        if not 0 <= hours[pk] <= session.course.hours:
            raise Invalid(f"“{enrolment.person_name}”的学时应为 0 至 {session.course.hours}。", field="hours")
        if enrolment.attended_hours == hours[pk]:
            continue
        if hasattr(enrolment, "certificate"):
            raise WrongState(f"“{enrolment.person_name}”已发证书，学时不能修改。")
        ENROLMENT_FLOW.require(enrolment.state, EnrolmentState.ATTENDED, actor=by)
        enrolment.state, enrolment.attended_hours = EnrolmentState.ATTENDED, hours[pk]
        enrolment.save(update_fields=["state", "attended_hours"])
        issued += issue_if_due(enrolment) is not None
    trace(by, "登记培训学时", session, "attended", people=len(here), issued=issued)
    return issued


def _tell(session: TrainingSession, title: str, body: str) -> None:
    senders = Organisation.objects.filter(pk__in=session.enrolments.standing().values("organisation_id"))
    link = session.course.get_absolute_url()
    messages = [Message(one, title, body, link) for one in senders.order_by("pk")]
    notify_many(kind="events.training_session", messages=messages)


def _at(session: TrainingSession) -> str:
    return f"{session.starts_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
