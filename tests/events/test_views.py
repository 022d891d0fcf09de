import datetime as dt

import pytest
from django.urls import reverse
from icalendar import Calendar

from portal import clock
from tests.factories.accounts import city_user, province_user, sme_user
from tests.factories.events import EventFactory

pytestmark = pytest.mark.django_db
LIST = reverse("events:list")


def text_of(response):
    return response.content.decode()


def days_away(days):
    return clock.now() + dt.timedelta(days=days)


def listed(response):
    return list(response.context["page"])


def test_upcoming_are_nearest_first_and_past_latest_first(client):
    later, sooner, running = (
        EventFactory(starts_at=days_away(9)),
        EventFactory(starts_at=days_away(2)),
        EventFactory(starts_at=days_away(-0.05)),
    )
    long_ago, lately = EventFactory(starts_at=days_away(-30)), EventFactory(starts_at=days_away(-3))

    assert listed(client.get(LIST)) == [running, sooner, later]
    assert listed(client.get(LIST, {"when": "past"})) == [lately, long_ago]


def test_filters_narrow_by_city_and_kind(client):
    wanted = EventFactory(city_code="370600", kind="training")
    EventFactory(city_code="370600")
    EventFactory(kind="training")

    assert listed(client.get(LIST, {"city": "370600", "kind": "training"})) == [wanted]


@pytest.mark.parametrize("query", [{"when": "never"}, {"city": "999999"}, {"kind": "party"}])
def test_input_that_is_no_choice_is_refused_in_words(client, query):
    response = client.get(LIST, query)

    assert response.status_code == 422
    assert "<title>错误：" in text_of(response)
    assert list(response.context["form"].errors) == list(query)


@pytest.mark.parametrize("rows", [1, 3])
def test_list_query_count(client, django_assert_num_queries, rows):
    EventFactory.create_batch(rows)

    with django_assert_num_queries(2):
        response = client.get(LIST)

    assert len(listed(response)) == rows


def test_list_is_paged(client):
    EventFactory.create_batch(21)

    assert (len(listed(client.get(LIST))), len(listed(client.get(LIST, {"page": "2"})))) == (20, 1)


def test_empty_list_says_so(client):
    assert "没有这样的活动" in text_of(client.get(LIST))


@pytest.mark.parametrize(
    ("make_user", "status"),
    [
        (None, 404),
        (sme_user, 404),
        (lambda: city_user("370200"), 404),
        (lambda: city_user("370100"), 200),
        (province_user, 200),
    ],
)
def test_draft_is_for_its_officials(client, make_user, status):
    draft = EventFactory(state="draft", city_code="370100")
    if make_user:
        client.force_login(make_user())

    assert client.get(draft.get_absolute_url()).status_code == status
    assert listed(client.get(LIST)) == ([draft] if status == 200 else [])
    assert client.get(reverse("events:calendar", args=[draft.pk])).status_code == 404


def test_cancelled_event_stays_with_its_reason(client):
    event = EventFactory(state="cancelled", cancel_reason="场地施工，改期另行通知。")

    page = text_of(client.get(event.get_absolute_url()))

    assert "本活动已取消。</strong>场地施工，改期另行通知。" in page
    assert "已取消" in text_of(client.get(LIST))


def test_detail_leads_its_official_to_the_pages_of_organising(client):
    event, official = EventFactory(), city_user()
    own = EventFactory(organiser=official.organisation)
    client.force_login(official)

    pages = [text_of(client.get(row.get_absolute_url())) for row in (event, own)]

    assert [f"/events/{row.pk}/manage/" in page for row, page in zip((event, own), pages, strict=True)] == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("fields", "status", "method", "description"),
    [
        ({"state": "published", "summary": "现场路演，\n答疑; 洽谈"}, "CONFIRMED", "PUBLISH", "现场路演，\n答疑; 洽谈"),
        ({"state": "cancelled", "cancel_reason": "场地施工"}, "CANCELLED", "CANCEL", "场地施工"),
    ],
)
def test_calendar_file(client, fields, status, method, description):
    starts_at = dt.datetime(2027, 3, 4, 9, 30, tzinfo=clock.SHANGHAI)
    event = EventFactory(title="新材料, 专利路演", starts_at=starts_at, version=3, city_code="370200", **fields)

    response = client.get(reverse("events:calendar", args=[event.pk]))

    calendar = Calendar.from_ical(response.content)
    (entry,) = calendar.walk("VEVENT")
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert (calendar["VERSION"], calendar["METHOD"], calendar.errors, entry.errors) == ("2.0", method, [], [])
    assert (entry["UID"], entry["SEQUENCE"], entry["STATUS"]) == (f"event-{event.pk}@testserver", 3, status)
    assert (entry.decoded("DTSTART"), entry.decoded("DTEND")) == (starts_at, starts_at + dt.timedelta(hours=3))
    assert (str(entry["SUMMARY"]), str(entry["DESCRIPTION"])) == ("新材料, 专利路演", description)
    assert str(entry["LOCATION"]) == "青岛市会议中心"
    assert str(entry["URL"]) == f"http://testserver/events/{event.pk}/"


def test_missing_event_is_not_found(client):
    assert client.get("/events/999999/").status_code == 404
