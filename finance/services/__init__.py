"""Verbs of the project pool: the firm's and the city's (`projects`), the institutions' (`answers`, `loans`)."""

from finance.services.answers import record_answer
from finance.services.loans import record_entry
from finance.services.projects import (
    admit_project,
    close_project,
    create_project,
    push_project,
    return_project,
    submit_project,
    update_project,
)

__all__ = [
    "admit_project",
    "close_project",
    "create_project",
    "push_project",
    "record_answer",
    "record_entry",
    "return_project",
    "submit_project",
    "update_project",
]
