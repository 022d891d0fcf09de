"""Verbs that write, a file per part."""

from stats.services.bulletins import (
    Text,
    freeze_bulletin,
    receive_bulletin,
    revise_bulletin,
    send_bulletin,
)
from stats.services.refresh import refresh, refresh_by
from stats.services.suspicions import decide_suspicion, find_suspicions

__all__ = [
    "Text",
    "decide_suspicion",
    "find_suspicions",
    "freeze_bulletin",
    "receive_bulletin",
    "refresh",
    "refresh_by",
    "revise_bulletin",
    "send_bulletin",
]
