"""Events for tests."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from events.enums import SlotKind
from events.models import AgendaSlot, Event, Exhibit, Signup, Speaker
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


def running_event(**kwargs):
    """An event that began half an hour ago."""
    return EventFactory(starts_at=clock.now() - dt.timedelta(minutes=30), **kwargs)


def past_event(days=5, **kwargs):
    """An event that began so many days ago."""
    return EventFactory(starts_at=clock.now() - dt.timedelta(days=days), **kwargs)


class SpeakerFactory(DjangoModelFactory):
    class Meta:
        model = Speaker

    name = factory.Sequence(lambda n: f"讲者{n}")
    organisation_name = "试验大学"


class SlotFactory(DjangoModelFactory):
    """The first hour of its event."""

    class Meta:
        model = AgendaSlot

    event = factory.SubFactory(EventFactory)
    kind = SlotKind.TALK
    title = "专利推介"
    starts_at = factory.SelfAttribute("event.starts_at")
    ends_at = factory.LazyAttribute(lambda slot: slot.starts_at + dt.timedelta(hours=1))


class SignupFactory(DjangoModelFactory):
    """A person with a place, sent by a firm."""

    class Meta:
        model = Signup

    event = factory.SubFactory(EventFactory)
    number = factory.Sequence(lambda n: n + 1)
    state = "confirmed"
    audience = "firm"
    organisation = factory.SubFactory(OrganisationFactory)
    organisation_name = factory.LazyAttribute(lambda row: row.organisation.name if row.organisation else "")
    person_name = factory.Sequence(lambda n: f"参会人{n}")
    person_phone = factory.Sequence(lambda n: f"139{n:08d}")
    confirmed_at = factory.LazyAttribute(lambda row: clock.now() if row.state == "confirmed" else None)


class ExhibitFactory(DjangoModelFactory):
    class Meta:
        model = Exhibit

    event = factory.SubFactory(EventFactory)
    kind = "patent"
