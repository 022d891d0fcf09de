"""The door: badges, names, walk-ins."""

import datetime as dt

import pytest

from events import services
from events.checks.signups import Person
from events.tokens import badge_token, door_token, read_door
from portal import clock
from portal.errors import Conflict, NotFound, ServiceError, WrongState
from tests.events.writing import written
from tests.factories.accounts import city_user
from tests.factories.events import EventFactory, SignupFactory, past_event, running_event

pytestmark = pytest.mark.django_db


def test_badge_lets_in_once_and_says_so_the_second_time():
    row = SignupFactory(event=running_event())
    token = badge_token(row.pk, 1)

    first = services.check_in_badge(event_id=row.event_id, token=token, door="东门")
    second = services.check_in_badge(event_id=row.event_id, token=token, door="西门")

    row.refresh_from_db()
    assert (first.is_first, second.is_first) == (True, False)
    assert (row.checked_in_via, row.door) == ("qr", "东门")


@pytest.mark.parametrize(
    ("spoil", "error", "words"),
    [
        (lambda row: badge_token(row.pk, 1)[:-1] + "x", NotFound, "二维码无效"),
        (lambda row: f"{row.pk}.1", NotFound, "二维码无效"),
        (lambda row: door_token(row.pk, 1), NotFound, "二维码无效"),
        (lambda row: badge_token(row.pk, 2), Conflict, "该证件已作废"),
        (lambda _: badge_token(SignupFactory().pk, 1), NotFound, "不是本活动"),
    ],
)
def test_forged_or_foreign_badge_is_refused(spoil, error, words):
    row = SignupFactory(event=running_event())
    token = spoil(row)
    before = written()

    with pytest.raises(error, match=words):
        services.check_in_badge(event_id=row.event_id, token=token, door="东门")
    assert written() == before


def test_a_reissued_badge_makes_the_old_one_useless():
    by = city_user()
    row = SignupFactory(event=running_event(organiser=by.organisation))

    services.reissue_badge(event_id=row.event_id, signup_id=row.pk, by=by)

    with pytest.raises(Conflict):
        services.check_in_badge(event_id=row.event_id, token=badge_token(row.pk, 1), door="")
    assert services.check_in_badge(event_id=row.event_id, token=badge_token(row.pk, 2), door="").is_first
    with pytest.raises(NotFound):
        services.reissue_badge(event_id=row.event_id, signup_id=row.pk, by=city_user("370200"))


@pytest.mark.parametrize(
    ("event", "state", "words"),
    [
        (EventFactory, "confirmed", "签到在活动开始前 12 小时开放。"),
        (past_event, "confirmed", "活动已结束，不能签到。"),
        (lambda: running_event(state="cancelled", cancel_reason="停电"), "confirmed", "活动已取消，不能签到。"),
        (running_event, "queued", "的报名状态为“候补”，不能签到。"),
        (running_event, "withdrawn", "的报名状态为“已取消”，不能签到。"),
    ],
)
def test_nobody_is_let_in_at_the_wrong_time_or_without_a_place(event, state, words):
    row = SignupFactory(event=event(), state=state)
    before = written()

    with pytest.raises(WrongState, match=words):
        services.check_in_name(event_id=row.event_id, signup_id=row.pk, door="东门")
    assert written() == before


def test_by_name_when_the_badge_is_lost():
    row = SignupFactory(event=running_event())

    services.check_in_name(event_id=row.event_id, signup_id=row.pk, door="东门")

    row.refresh_from_db()
    assert row.checked_in_via == "name"


def test_walk_in_comes_while_there_is_room():
    event = running_event(capacity=2)
    SignupFactory(event=event, number=1)
    person = Person("王五", "13911112222")

    row = services.walk_in(event_id=event.pk, person=person, organisation_name="某公司", door="东门")

    assert (row.number, row.state, row.is_walk_in, row.checked_in_via) == (2, "confirmed", True, "walk_in")
    with pytest.raises(Conflict, match="已报名"):
        services.walk_in(event_id=event.pk, person=person, organisation_name="", door="东门")


@pytest.mark.parametrize(
    "event",
    [{"takes_walk_ins": False}, {"capacity": 1}, {"starts_at": clock.now() + dt.timedelta(days=2)}],
)
def test_walk_in_without_room_is_refused(event):
    found = running_event() if "starts_at" not in event else EventFactory()
    SignupFactory(event=found, checked_in_at=clock.now(), checked_in_via="qr")
    for name, value in event.items():
        setattr(found, name, value)
    found.ends_at = found.starts_at + dt.timedelta(hours=3)
    found.save()
    before = written()

    with pytest.raises(ServiceError):
        services.walk_in(event_id=found.pk, person=Person("王五", "13911112222"), organisation_name="", door="东门")
    assert written() == before


def test_door_link_names_its_event_and_version():
    by = city_user()
    event = EventFactory(organiser=by.organisation)

    assert (read_door(door_token(event.pk, 1)).key, services.renew_door(event_id=event.pk, by=by).door_version) == (
        event.pk, 2,
    )  # fmt: skip
    with pytest.raises(NotFound):
        read_door(badge_token(event.pk, 1))
