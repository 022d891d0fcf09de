"""Events for tests."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from events.models import Event
from portal import clock
from tests.factories.accounts import OrganisationFactory


class EventFactory(DjangoModelFactory):
    """A published event in eight days."""

    class Meta:
        model = Event

    kind = "matching"
    title = factory.Sequence(lambda n: f"供需对接会{n}")
    summary = "院所与企业按匹配结果分桌洽谈。"
    organiser = factory.SubFactory(OrganisationFactory, kind="authority_city")
    city_code = factory.SelfAttribute("organiser.city_code")
    place = "会议中心"
    starts_at = factory.LazyFunction(lambda: clock.now() + dt.timedelta(days=8))
    ends_at = factory.LazyAttribute(lambda event: event.starts_at + dt.timedelta(hours=3))
    state = "published"
