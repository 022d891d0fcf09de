"""The slots of a table plan, cut out of the time of an event. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from portal.errors import Invalid

MOST_SLOTS = 60
"""More than two full days of short talks; a slip of the pen makes more (own default)."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, its end not included."""

    starts_at: dt.datetime
    ends_at: dt.datetime

    def overlaps(self, other: "Span") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def cut_slots(within: Span, *, minutes: int, gap: int = 0, breaks: Sequence[Span] = ()) -> list[Span]:
    """Slots of `minutes` with `gap` minutes for changing tables between them; none touches a break.

    After a break the next slot begins with its end.

    Raises:
        Invalid: the lengths make no sense, a break lies outside, no slot has room, or there are more than MOST_SLOTS.
    """
    if minutes < 1:
        raise Invalid("每场洽谈至少 1 分钟。", field="slot_minutes")
    if gap < 0:
        raise Invalid("换桌时间不能为负数。", field="gap_minutes")
    for pause in breaks:
        if pause.ends_at <= pause.starts_at:
            raise Invalid("休息的结束时间应晚于开始时间。", field="breaks")
        if pause.starts_at < within.starts_at or pause.ends_at > within.ends_at:
            raise Invalid("休息时间应在洽谈时间之内。", field="breaks")
    slots: list[Span] = []
    length, change, at = dt.timedelta(minutes=minutes), dt.timedelta(minutes=gap), within.starts_at
    while at + length <= within.ends_at:
        slot = Span(at, at + length)
        met = [pause.ends_at for pause in breaks if pause.overlaps(slot)]
        if met:
            at = max(met)
            continue
        slots.append(slot)
        at = slot.ends_at + change
        if len(slots) > MOST_SLOTS:
            raise Invalid(f"时段超过 {MOST_SLOTS} 个，请加长每场洽谈的时间。", field="slot_minutes")
    if not slots:
        raise Invalid("洽谈时间内排不下一个时段。", field="slot_minutes")
    return slots
