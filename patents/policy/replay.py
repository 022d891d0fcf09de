"""Where legal events leave a patent when some of them were voided later. Pure.

Events are folded in the order in which they were recorded. Each kept the status that it found: where a sheet or the
calendar had moved it meanwhile, what was found counts from there on; where it had not, the status follows from the
events before, so a voided one no longer tells on those that came after.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from patents.enums import LegalStatus
from patents.policy.events import EventFacts, LegalState, apply
from portal.errors import Conflict, ServiceError


@dataclass(frozen=True, slots=True)
class Kept:
    """An event as the register keeps it."""

    event: EventFacts
    found: LegalStatus  # the status when it was recorded
    recorded_at: dt.datetime
    voided_at: dt.datetime | None = None


def states(kept: Sequence[Kept]) -> list[LegalState]:
    """The state after each event; after a voided one that before it.

    Raises Conflict (later_event_contradicts) naming the event that cannot stand without a voided one.
    """
    moved: list[bool] = []
    if any(one.voided_at for one in kept):
        for place, one in enumerate(kept):
            then = _fold(kept[:place], moved, until=one.recorded_at)
            moved.append(not then or then[-1].status != one.found)
    else:
        moved = [True] * len(kept)  # what each found is what the events before it left, or a sheet said
    return _fold(kept, moved)


def _fold(kept: Sequence[Kept], moved: Sequence[bool], *, until: dt.datetime | None = None) -> list[LegalState]:
    """The states, taking for void what was voided by `until`."""
    state, found = LegalState(LegalStatus.UNKNOWN), []
    for one, is_moved in zip(kept, moved, strict=False):
        if is_moved:
            state = replace(state, status=one.found)
        if one.voided_at is None or (until is not None and one.voided_at > until):
            state = _applied(state, one.event)
        found.append(state)
    return found


def _applied(state: LegalState, event: EventFacts) -> LegalState:
    try:
        return apply(state, event)
    except ServiceError as refusal:
        raise Conflict(
            f"{event.on} 的“{event.code.label}”以在先事件为前提，不能成立：{refusal.message}",
            code="later_event_contradicts",
        ) from refusal
