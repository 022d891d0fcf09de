"""The portal's only source of the present time; tests replace `now` here."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_told: ContextVar[dt.datetime | None] = ContextVar("told", default=None)


def now() -> dt.datetime:
    """The present instant, aware, in Shanghai time."""
    return _told.get() or dt.datetime.now(tz=SHANGHAI)


def today() -> dt.date:
    """The present date in Shanghai: deadlines and rule versions are counted by it."""
    return now().date()


@contextmanager
def told(day: dt.date) -> Iterator[None]:
    """Within the block it is ten o'clock on `day`. For the demonstration only, whose past is made by the services."""
    token = _told.set(dt.datetime.combine(day, dt.time(10), tzinfo=SHANGHAI))
    try:
        yield
    finally:
        _told.reset(token)
