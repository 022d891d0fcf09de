"""Rows of events, a file per part."""

from events.models.agenda import AgendaSlot, Exhibit, MeetingTable, Speaker
from events.models.events import Event, EventMove, EventQuerySet, EventSeries
from events.models.outcomes import EventReport, Outcome
from events.models.plans import PlanConflict, PlanMeeting, PlanParty, PlanWish, TablePlan
from events.models.signups import Feedback, Signup, SignupQuerySet, SignupQuota
from events.models.training import (
    Certificate,
    Course,
    Enrolment,
    Teacher,
    TestAttempt,
    TestQuestion,
    TrainingBase,
    TrainingSession,
)

__all__ = [
    "AgendaSlot",
    "Certificate",
    "Course",
    "Enrolment",
    "Event",
    "EventMove",
    "EventQuerySet",
    "EventReport",
    "EventSeries",
    "Exhibit",
    "Feedback",
    "MeetingTable",
    "Outcome",
    "PlanConflict",
    "PlanMeeting",
    "PlanParty",
    "PlanWish",
    "Signup",
    "SignupQuerySet",
    "SignupQuota",
    "Speaker",
    "TablePlan",
    "Teacher",
    "TestAttempt",
    "TestQuestion",
    "TrainingBase",
    "TrainingSession",
]
