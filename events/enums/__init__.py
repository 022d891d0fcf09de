"""Names of kinds and states, a file per part."""

from events.enums.events import T07_KINDS, EventKind, EventState, ExhibitKind, FileKind, PlaceKind, SlotKind
from events.enums.outcomes import OutcomeBasis, OutcomeKind, OutcomeSource, ReportState
from events.enums.plans import PlanState, WishKind
from events.enums.signups import STANDING, Audience, CheckInWay, SignupState, audience_of

__all__ = [
    "STANDING",
    "T07_KINDS",
    "Audience",
    "CheckInWay",
    "EventKind",
    "EventState",
    "ExhibitKind",
    "FileKind",
    "OutcomeBasis",
    "OutcomeKind",
    "OutcomeSource",
    "PlaceKind",
    "PlanState",
    "ReportState",
    "SignupState",
    "SlotKind",
    "WishKind",
    "audience_of",
]
