"""Agenda, speakers, moving and calling off."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from events import services
from events.checks.agenda import SlotFacts
from events.models import AgendaSlot
from events.services import NewPlace
from portal import clock
from portal.errors import Conflict, Invalid, NotFound, WrongState
from tests.events.writing import notices, written
from tests.factories.accounts import OrganisationFactory, city_user, province_user, sme_user
from tests.factories.events import EventFactory, SignupFactory, SlotFactory, SpeakerFactory, past_event, running_event

pytestmark = pytest.mark.django_db
START = dt.datetime(2027, 3, 4, 9, tzinfo=clock.SHANGHAI)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def event_at(start=START, **kwargs):
    return EventFactory(starts_at=start, **kwargs)


def facts(**changes):
    return SlotFacts(**({"kind": "talk", "title": "推介", "starts_at": START, "ends_at": START + HOUR} | changes))


def test_agenda_is_built_and_taken_back():
    event, by, speaker = event_at(), province_user(), SpeakerFactory()

    slot = services.add_slot(event_id=event.pk, by=by, facts=facts(speaker=speaker, title=" 推介 "))
    other = services.add_slot(event_id=event.pk, by=by, facts=facts(kind="meeting", title="洽谈"))
    services.remove_slot(event_id=event.pk, slot_id=other.pk, by=by)

    event.refresh_from_db()
    assert list(event.slots.all()) == [slot]
    assert (slot.title, slot.speaker, event.version) == ("推介", speaker, 4)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"starts_at": START - HOUR}, "starts_at", "议程不能早于活动开始（03-04 09:00）。"),
        ({"ends_at": START + 4 * HOUR}, "ends_at", "议程不能晚于活动结束（03-04 12:00）。"),
        ({"ends_at": START}, "ends_at", "议程的结束时间应晚于开始时间。"),
        ({"title": " "}, "title", "请填写议程名称。"),
        ({"kind": "party"}, "kind", "请选择议程类型。"),
    ],
)
def test_slot_outside_its_event_is_refused(changes, field, words):
    event = event_at()
    before = written()

    with pytest.raises(Invalid) as refusal:
        services.add_slot(event_id=event.pk, by=province_user(), facts=facts(**changes))

    assert (refusal.value.field, refusal.value.message) == (field, words)
    assert written() == before


def test_speaker_in_two_places_is_refused():
    speaker, by = SpeakerFactory(name="王教授"), province_user()
    SlotFactory(event=event_at(title="青岛路演"), speaker=speaker)
    event = event_at()
    before = written()

    with pytest.raises(Conflict) as refusal:
        services.add_slot(
            event_id=event.pk, by=by, facts=facts(speaker=speaker, starts_at=START + HOUR / 2, ends_at=START + 2 * HOUR)
        )

    assert refusal.value.message == ("王教授在此时段已有安排：“青岛路演”的“专利推介”（03-04 09:00 至 03-04 10:00）。")
    assert written() == before
    # The next hour is free.
    services.add_slot(
        event_id=event.pk, by=by, facts=facts(speaker=speaker, starts_at=START + HOUR, ends_at=START + 2 * HOUR)
    )


def test_the_database_refuses_a_speaker_in_two_places():
    speaker = SpeakerFactory()
    SlotFactory(event=event_at(), speaker=speaker)

    with pytest.raises(IntegrityError, match="agenda_slot_speaker_in_one_place"), transaction.atomic():
        SlotFactory(event=event_at(), speaker=speaker)


def test_moving_takes_agenda_and_closing_along_and_tells_everybody():
    by, firm = city_user(), OrganisationFactory()
    event = event_at(organiser=by.organisation, signup_closes_at=START - DAY, title="路演")
    speaker = SpeakerFactory()
    first = SlotFactory(event=event, speaker=speaker)
    second = SlotFactory(event=event, speaker=speaker, starts_at=START + HOUR)
    SignupFactory(event=event, organisation=firm)
    SignupFactory(event=event, organisation=firm, state="queued")
    SignupFactory(event=event, organisation=None)
    SignupFactory(event=event, state="withdrawn")

    # By as much as a slot lasts: each must pass through the time of the next.
    services.move_event(event_id=event.pk, by=by, to=NewPlace(START + HOUR, START + 4 * HOUR, "三楼", "场地冲突"))

    for row in (event, first, second):
        row.refresh_from_db()
    assert (event.starts_at, event.ends_at, event.place) == (START + HOUR, START + 4 * HOUR, "三楼")
    assert event.signup_closes_at == START - DAY + HOUR
    assert [(slot.starts_at, slot.is_standing) for slot in (first, second)] == [
        (START + HOUR, True), (START + 2 * HOUR, True),
    ]  # fmt: skip
    assert notices() == [
        (firm.pk, "events.event.moved", "活动变更：路演"),
        (by.organisation.pk, "events.event.moved", "活动变更：路演"),
    ]
    told = event.moves.get()
    assert (told.from_starts_at, told.from_place, told.reason) == (START, "会议中心", "场地冲突")


@pytest.mark.parametrize(
    ("to", "error", "field"),
    [
        (NewPlace(START + DAY, START + DAY, "三楼", "改期"), Invalid, "ends_at"),
        (NewPlace(START + DAY, START + DAY + HOUR / 2, "三楼", "改期"), Invalid, "ends_at"),
        (NewPlace(START, START + 3 * HOUR, "会议中心", "改期"), Invalid, "starts_at"),
        (NewPlace(START - 300 * DAY, START, "三楼", "改期"), Invalid, "starts_at"),
        (NewPlace(START + DAY, START + DAY + 3 * HOUR, " ", "改期"), Invalid, "place"),
        (NewPlace(START + DAY, START + DAY + 3 * HOUR, "三楼", " "), Invalid, "reason"),
        (NewPlace(START + 2 * DAY, START + 2 * DAY + 3 * HOUR, "三楼", "改期"), Conflict, "speaker"),
    ],
)
def test_move_that_does_not_fit_is_refused(to, error, field):
    speaker = SpeakerFactory()
    SlotFactory(event=event_at(START + 2 * DAY), speaker=speaker)
    event = event_at()
    SlotFactory(event=event, speaker=speaker)
    before = written()

    with pytest.raises(error) as refusal:
        services.move_event(event_id=event.pk, by=province_user(), to=to)

    assert refusal.value.field == field
    assert written() == before


@pytest.mark.parametrize("make", [running_event, past_event, lambda: EventFactory(state="draft")])
def test_only_what_is_to_come_is_moved(make):
    event = make()
    to = NewPlace(START, START + HOUR, "三楼", "改期")

    with pytest.raises(WrongState):
        services.move_event(event_id=event.pk, by=province_user(), to=to)
    with pytest.raises(NotFound):
        services.move_event(event_id=event.pk, by=sme_user(), to=to)
    assert not event.moves.exists()


def test_calling_off_tells_everybody_and_frees_the_speaker():
    event, speaker, firm = event_at(title="路演"), SpeakerFactory(), OrganisationFactory()
    slot = SlotFactory(event=event, speaker=speaker)
    SignupFactory(event=event, organisation=firm)

    services.cancel_event(event_id=event.pk, by=province_user(), reason="场地停用")

    slot.refresh_from_db()
    assert notices() == [(firm.pk, "events.event.cancelled", "活动取消：路演")]
    assert not slot.is_standing
    services.add_slot(event_id=event_at().pk, by=province_user(), facts=facts(speaker=speaker))
    assert AgendaSlot.objects.filter(speaker=speaker).count() == 2


def test_published_event_is_not_moved_in_silence():
    event = event_at()
    own = {name: getattr(event, name) for name in ("kind", "title", "summary", "organiser", "city_code", "place")}
    given = services.events.EventFacts(**own, starts_at=START + HOUR, ends_at=event.ends_at)
    before = written()

    with pytest.raises(Invalid) as refusal:
        services.update_event(event_id=event.pk, by=province_user(), facts=given)

    assert refusal.value.field == "starts_at"
    assert written() == before


def test_tables_are_numbered_from_one():
    event, by = event_at(), province_user()

    services.set_tables(event_id=event.pk, by=by, count=3)
    tables = services.set_tables(event_id=event.pk, by=by, count=2)

    assert [table.number for table in tables] == [1, 2]
    with pytest.raises(Invalid):
        services.set_tables(event_id=event.pk, by=by, count=-1)
