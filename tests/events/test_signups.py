"""Signing up, waiting, moving up."""

import datetime as dt

import pytest

from events import services
from events.checks.signups import Person
from events.models import Signup
from portal import clock
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, ServiceError, WrongState
from tests.events.writing import notices, written
from tests.factories.accounts import bank_user, city_user, finance_user, holder_user, province_user, sme_user
from tests.factories.events import EventFactory, SignupFactory, past_event

pytestmark = pytest.mark.django_db


def people(*phones):
    return [Person(f"张{number}", f"1390000{phone:04d}") for number, phone in enumerate(phones)]


def states(event):
    return list(event.signups.order_by("number").values_list("number", "person_phone", "state"))


def test_firm_signs_up_until_places_are_gone_then_waits():
    event, first, second = EventFactory(capacity=2, title="路演"), sme_user(), holder_user()

    services.sign_up(event_id=event.pk, by=first, people=people(1))
    services.sign_up(event_id=event.pk, by=second, people=people(2, 3))

    assert states(event) == [
        (1, "13900000001", "confirmed"), (2, "13900000002", "confirmed"), (3, "13900000003", "queued"),
    ]  # fmt: skip
    assert list(event.signups.order_by("number").values_list("audience", flat=True)) == ["firm", "holder", "holder"]
    assert notices() == [
        (first.organisation_id, "events.signup.made", "“路演”报名结果"),
        (second.organisation_id, "events.signup.made", "“路演”报名结果"),
    ]


def test_waiting_list_moves_up_by_itself_in_order():
    event, firm, other = EventFactory(capacity=1, title="路演"), sme_user(), sme_user()
    (sure,) = services.sign_up(event_id=event.pk, by=firm, people=people(1))
    services.sign_up(event_id=event.pk, by=other, people=people(2, 3))

    services.withdraw(signup_id=sure.pk, by=firm)

    assert [state for *_, state in states(event)] == ["withdrawn", "confirmed", "queued"]
    assert notices()[-1] == (other.organisation_id, "events.signup.promoted", "候补转正：张0可参加“路演”")
    assert Signup.objects.get(number=2).is_promoted


def test_more_places_let_everybody_who_waits_in():
    by = city_user()
    event = EventFactory(capacity=1, organiser=by.organisation)
    services.sign_up(event_id=event.pk, by=sme_user(), people=people(1, 2, 3))
    own = {name: getattr(event, name) for name in ("kind", "title", "summary", "organiser", "city_code", "place")}
    facts = services.events.EventFacts(**own, starts_at=event.starts_at, ends_at=event.ends_at, capacity=2)

    services.update_event(event_id=event.pk, by=by, facts=facts)

    assert [state for *_, state in states(event)] == ["confirmed", "confirmed", "queued"]


def test_quota_of_a_group_is_kept_and_a_wider_one_moves_up():
    event, by = EventFactory(capacity=10), province_user()
    services.set_quotas(event_id=event.pk, by=by, places={"firm": 1, "holder": None})
    services.sign_up(event_id=event.pk, by=sme_user(), people=people(1, 2))
    services.sign_up(event_id=event.pk, by=holder_user(), people=people(3))

    assert [state for *_, state in states(event)] == ["confirmed", "queued", "confirmed"]
    services.set_quotas(event_id=event.pk, by=by, places={"firm": 2})
    assert [state for *_, state in states(event)] == ["confirmed", "confirmed", "confirmed"]


def test_person_without_account_signs_up_and_takes_it_back():
    event = EventFactory()

    row = services.sign_up_person(
        event_id=event.pk, person=Person("李四", "0531-80001234"), organisation_name="某律所", has_consented=True
    )
    assert (row.audience, row.organisation, row.person_phone) == ("other", None, "053180001234")

    services.withdraw_by_badge(token=services.signups.badge_of(row))
    row.refresh_from_db()
    assert row.state == "withdrawn"


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"signup_closes_at": clock.now() - dt.timedelta(hours=1)}, "signup_closed"),
        ({"signup_opens_at": clock.now() + dt.timedelta(hours=1)}, "signup_not_open"),
        ({"takes_signups": False}, "no_signups"),
        ({"state": "cancelled", "cancel_reason": "停电"}, "wrong_state"),
        ({"starts_at": clock.now() - dt.timedelta(minutes=1)}, "signup_closed"),
    ],
)
def test_sign_up_that_is_not_open_is_refused(event, code):
    found = EventFactory(**event)
    before = written()

    with pytest.raises(WrongState) as refusal:
        services.sign_up(event_id=found.pk, by=sme_user(), people=people(1))

    assert refusal.value.code == code
    assert written() == before


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ([], Invalid, "请至少填写一名参会人。"),
        ([Person(" ", "13900000001")], Invalid, "请填写参会人姓名。"),
        ([Person("张三", "12345")], Invalid, "请填写 11 位手机号码，或带区号的固定电话。"),
        (people(1, 1), Invalid, "号码 13900000001 填写了两次。"),
        (people(9), Conflict, "号码 13900000009 已报名本活动（报名成功）。"),
        (people(1, 2, 3), Invalid, "每单位最多 2 人，贵单位已报名 0 人。"),
    ],
)
def test_bad_sign_up_is_refused_whole(given, error, words):
    event = EventFactory(per_organisation=2)
    SignupFactory(event=event, person_phone="13900000009")
    before = written()

    with pytest.raises(error) as refusal:
        services.sign_up(event_id=event.pk, by=sme_user(), people=given)

    assert refusal.value.message == words
    assert written() == before


@pytest.mark.parametrize("make", [bank_user, finance_user, province_user])
def test_only_firms_and_holders_send_people(make):
    event = EventFactory()

    with pytest.raises(NotAllowed):
        services.sign_up(event_id=event.pk, by=make(), people=people(1))
    assert not event.signups.exists()


def test_person_needs_consent_and_an_event_that_takes_persons():
    closed, event = EventFactory(takes_persons=False), EventFactory()

    for found, consent in ((closed, True), (event, False)):
        with pytest.raises(ServiceError):
            services.sign_up_person(event_id=found.pk, person=people(1)[0], has_consented=consent)
    assert not Signup.objects.exists()


def test_only_sender_and_organiser_take_a_sign_up_back():
    by = city_user()
    event = EventFactory(organiser=by.organisation)
    row = SignupFactory(event=event)
    before = written()

    for other in (sme_user(), city_user("370200"), holder_user()):
        with pytest.raises(NotFound):
            services.withdraw(signup_id=row.pk, by=other)
    assert written() == before
    services.withdraw(signup_id=row.pk, by=by)
    with pytest.raises(WrongState, match="已取消"):
        services.withdraw(signup_id=row.pk, by=by)


def test_organiser_enters_people_by_hand_after_closing():
    by, bank = city_user(), bank_user().organisation
    event = EventFactory(organiser=by.organisation, signup_closes_at=clock.now() - dt.timedelta(hours=1))

    row = services.enter_person(
        event_id=event.pk, by=by, person=people(1)[0], sender=services.Sender(bank, bank.name, "lender")
    )

    assert (row.state, row.organisation, row.audience) == ("confirmed", bank, "lender")
    with pytest.raises(WrongState, match="活动已结束"):
        services.enter_person(
            event_id=past_event(organiser=by.organisation).pk, by=by, person=people(2)[0], sender=services.Sender()
        )
