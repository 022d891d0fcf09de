"""The attendance sheet: personal data leave the portal, so each time is recorded."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from events.services.moves import lock_managed
from portal import clock
from portal.accounts.models import User
from portal.audit.services import record

HEADINGS = (
    "序号", "状态", "对象", "单位", "姓名", "职务", "手机", "报名时间", "现场登记", "签到时间", "签到方式", "签到处",
    "签名", "备注",
)  # fmt: skip


@transaction.atomic
def attendance_sheet(*, event_id: int, by: User) -> list[list[Any]]:
    """Everybody who signed up or came, in the order of coming, times in Shanghai."""
    event = lock_managed(event_id, by)
    rows = list(_rows(event))
    record(by=by, verb="导出签到表", target=event, rows=len(rows))
    return rows


def _rows(event: Any) -> Iterator[list[Any]]:
    for row in event.signups.order_by("number"):
        came = row.checked_in_at and f"{row.checked_in_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
        yield [
            row.number, row.get_state_display(), row.get_audience_display(), row.organisation_name, row.person_name,
            row.position, row.person_phone, f"{row.made_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}",
            "是" if row.is_walk_in else "", came or "", row.get_checked_in_via_display(), row.door, "", row.note,
        ]  # fmt: skip
