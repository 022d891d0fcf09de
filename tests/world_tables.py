"""The table plan of the world's event, and a training base with a session to come and one that is over."""

import datetime as dt

from events.models import AgendaSlot, MeetingTable, PlanMeeting, TrainingSession
from events.services import plan_wishes, plans
from events.services.training import sessions
from portal import clock
from tests.factories.plans import HALF_HOUR, come
from tests.factories.training import (
    DAY,
    open_course,
    people,
    question,
    recognised,
    session_facts,
    teacher_of,
)


def table_rows(event, *, firm, holder, official):
    """A published plan in which the firm meets the holder of a patent that its need matches; the keys that each of its addresses names."""
    for number, (organisation, audience) in enumerate(
        [(firm.organisation, "firm"), (holder.organisation, "holder")], 901
    ):
        come(event, organisation, audience, number)
    for place in range(2):
        at = event.starts_at + place * HALF_HOUR
        AgendaSlot.objects.create(
            event=event, kind="meeting", title=f"第 {place + 1} 轮", starts_at=at, ends_at=at + HALF_HOUR
        )
    MeetingTable.objects.create(event=event, number=1)
    plan_wishes.save_wishes(event_id=event.pk, by=firm, wishes={holder.organisation_id: "like"})
    plan_wishes.save_party(event_id=event.pk, by=firm, most_meetings=3, absent_slots=[])
    plan = plans.request_plan(event_id=event.pk, by=official)
    plans.compute_plan(plan_id=plan.pk, number=plan.number)
    plans.publish_plan(event_id=event.pk, by=official)
    conflict = plan_wishes.add_conflict(
        event_id=event.pk, by=official, guest_id=firm.organisation_id, host_id=holder.organisation_id, reason="控股关系"
    )
    meeting = PlanMeeting.objects.get(plan=plan)
    return {
        "events/<int:pk>/plan/meetings/<int:meeting_id>": {"pk": event.pk, "meeting_id": meeting.pk},
        "events/<int:pk>/plan/parties/<int:organisation_id>": {
            "pk": event.pk,
            "organisation_id": firm.organisation_id,
        },
        "events/<int:pk>/plan/conflicts/<int:conflict_id>": {"pk": event.pk, "conflict_id": conflict.pk},
    }


def training_rows(*, firm, holder, province):
    """The holder's base, where people of the firm learn; the keys that each of its addresses names."""
    base, _ = recognised(holder, by=province)
    teacher = teacher_of(holder, base)
    course = open_course(holder, base, questions=[question()])
    over, coming = (
        sessions.save_session(by=holder, course_id=course.pk, facts=session_facts(teacher, **_after(days)))
        for days in (5, 9)
    )
    sat, *_ = sessions.enrol(session_id=over.pk, by=firm, people=people("张三", "李四"))
    waiting, *_ = sessions.enrol(session_id=coming.pk, by=firm, people=people("张三"))
    TrainingSession.objects.filter(pk=over.pk).update(starts_at=clock.now() - 2 * DAY, ends_at=clock.now() - DAY)
    sessions.record_attendance(session_id=over.pk, by=holder, hours={sat.pk: course.hours})
    certificate = _certified(holder, base, teacher, firm)
    kept = f"events/training/keep/courses/{'<str:ref>'}"
    return {
        "events/training/bases/<str:ref>": base.ref,
        "events/training/courses/<str:ref>": course.ref,
        "events/training/certificates/<str:number>": certificate.number,
        "events/training/sessions/<str:ref>": coming.ref,
        "events/training/enrolments/<int:enrolment_id>": waiting.pk,
        "events/training/tests/<str:code>": sat.code,
        "events/training/keep/bases/<str:ref>": base.ref,
        "events/training/keep/bases/<str:ref>/teachers/<int:teacher_id>": {"ref": base.ref, "teacher_id": teacher.pk},
        kept: course.ref,
        f"{kept}/questions/<int:question_id>": {"ref": course.ref, "question_id": course.questions.get().pk},
        "events/training/keep/sessions/<str:ref>": coming.ref,
    }


def _after(days):
    starts_at = clock.now().replace(minute=0, second=0, microsecond=0) + days * DAY
    return {"starts_at": starts_at, "ends_at": starts_at + dt.timedelta(hours=4)}


def _certified(holder, base, teacher, firm):
    """The certificate of a course without a test."""
    course = open_course(holder, base, title="开放许可实务")
    session = sessions.save_session(by=holder, course_id=course.pk, facts=session_facts(teacher, **_after(14)))
    (enrolment,) = sessions.enrol(session_id=session.pk, by=firm, people=people("王五"))
    TrainingSession.objects.filter(pk=session.pk).update(starts_at=clock.now() - 9 * DAY, ends_at=clock.now() - 8 * DAY)
    sessions.record_attendance(session_id=session.pk, by=holder, hours={enrolment.pk: course.hours})
    enrolment.refresh_from_db()
    return enrolment.certificate
