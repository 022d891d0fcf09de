"""The officials' pages, a file per part; Django finds them here."""

from events.admin.events import EventAdmin, EventReportAdmin, EventSeriesAdmin
from events.admin.training import CertificateAdmin, CourseAdmin, TrainingBaseAdmin, TrainingSessionAdmin

__all__ = [
    "CertificateAdmin",
    "CourseAdmin",
    "EventAdmin",
    "EventReportAdmin",
    "EventSeriesAdmin",
    "TrainingBaseAdmin",
    "TrainingSessionAdmin",
]
