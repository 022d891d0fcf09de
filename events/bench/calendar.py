"""Speed of the public calendar, and of signing up when everybody comes at once."""

import datetime as dt
from collections.abc import Iterator
from http import HTTPStatus

from django.test import Client

from events.enums import EventKind, EventState
from events.models import Event
from portal import clock
from portal.accounts.models import Organisation
from portal.bench import Row, benchmark, percentile, seconds
from portal.regions import CITIES

EVENTS = 5_000
ROUNDS = 30
DAYS = 2 * 365
"""The events lie in the year before today and the year after."""


@benchmark("events_5k_list", "events_5k_month", "events_5k_feed")
def calendar() -> Iterator[Row]:
    """The pages of the calendar at 5,000 events, as everybody sees them."""
    _fill()
    client = Client()
    for name, address in (
        ("events_5k_list", "/events/"),
        ("events_5k_month", "/events/month/"),
        ("events_5k_feed", "/events/feed.ics?city=370100"),
    ):
        client.get(address)
        times = [seconds(lambda address=address: _visit(client, address)) for _ in range(ROUNDS)]  # type: ignore[misc]
        yield Row.measured(name, 1000 * percentile(times, 0.95), "ms", at_most=150)


def _visit(client: Client, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != HTTPStatus.OK:
        raise RuntimeError(f"{address} answered {answer.status_code}")


def _fill() -> None:
    organisers = [
        Organisation.objects.create(kind="authority_city", name=f"测量{code}", city_code=code, state="approved")
        for code in CITIES
    ]
    first = clock.now().replace(hour=9, minute=0) - dt.timedelta(days=DAYS // 2)
    kinds = list(EventKind)
    Event.objects.bulk_create(
        Event(
            kind=kinds[number % len(kinds)],
            title=f"专利对接活动第 {number} 场",
            organiser=organisers[number % len(organisers)],
            city_code=organisers[number % len(organisers)].city_code,
            place="会展中心",
            starts_at=first + dt.timedelta(days=number % DAYS),
            ends_at=first + dt.timedelta(days=number % DAYS, hours=3),
            state=EventState.PUBLISHED,
        )
        for number in range(EVENTS)
    )
