"""The portal's only source of the present time; tests replace `now` here."""

import datetime as dt
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> dt.datetime:
    """The present instant, aware, in Shanghai time."""
    return dt.datetime.now(tz=SHANGHAI)


def today() -> dt.date:
    """The present date in Shanghai: deadlines and rule versions are counted by it."""
    return now().date()
