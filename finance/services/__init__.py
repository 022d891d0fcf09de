"""Verbs of the project pool: the firm's and the city's (`projects`), the institutions' (`answers`)."""

from finance.services.answers import record_answer
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
    "return_project",
    "submit_project",
    "update_project",
]
