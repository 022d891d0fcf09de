"""The pages of the calendar, of organising and of outcomes."""

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from icalendar import Calendar

from events.models import Outcome
from events.services.signups import badge_of
from portal import clock
from portal.audit.models import AuditEntry
from tests.factories.accounts import city_user, province_user, sme_user
from tests.factories.deals import enquiry
from tests.factories.events import (
    EventFactory,
    ExhibitFactory,
    SignupFactory,
    SlotFactory,
    SpeakerFactory,
    past_event,
    running_event,
)
from tests.factories.patents import PatentFactory

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def url(name, *args):
    return reverse(f"events:{name}", args=args)


def at(day, hour=9):
    return dt.datetime.combine(day, dt.time(hour), tzinfo=clock.SHANGHAI)


@pytest.fixture
def city(client):
    user = city_user("370100")
    client.force_login(user)
    return user


class TestCalendar:
    def test_month_shows_each_event_on_its_day(self, client):
        day = dt.date(2027, 3, 31)
        shown = EventFactory(starts_at=at(day), city_code="370100")
        EventFactory(starts_at=at(dt.date(2027, 4, 1)))
        EventFactory(starts_at=at(day), city_code="370200")
        EventFactory(starts_at=at(day), state="draft")

        response = client.get(url("month_of", 2027, 3), {"city": "370100"})

        days = {day.date: list(day.events) for week in response.context["weeks"] for day in week if day.events}
        assert days == {day: [shown]}

    def test_a_full_day_leads_to_its_list(self, client):
        day = dt.date(2027, 3, 2)
        EventFactory.create_batch(6, starts_at=at(day))

        text = client.get(url("month_of", 2027, 3)).content.decode()

        assert "另有 2 场" in text
        assert len(client.get(url("list"), {"on": "2027-03-02"}).context["page"]) == 6

    @pytest.mark.parametrize(("year", "month"), [(2027, 13), (1999, 1), (2027, 0)])
    def test_no_such_month(self, client, year, month):
        assert client.get(url("month_of", year, month)).status_code == 404

    @pytest.mark.parametrize("rows", [1, 5])
    @pytest.mark.parametrize("name", ["list", "month"])
    def test_calendar_query_count(self, client, django_assert_num_queries, rows, name):
        EventFactory.create_batch(rows, starts_at=clock.now() + dt.timedelta(minutes=5))

        with django_assert_num_queries({"list": 2, "month": 1}[name]):
            assert client.get(url(name)).status_code == 200

    @pytest.mark.parametrize("rows", [1, 3])
    def test_detail_query_count(self, client, django_assert_num_queries, rows):
        event = EventFactory()
        for place in range(rows):
            starts_at = event.starts_at + dt.timedelta(hours=place)
            SlotFactory(event=event, speaker=SpeakerFactory(), starts_at=starts_at)
            ExhibitFactory(event=event, patent=PatentFactory())

        with django_assert_num_queries(8):
            assert client.get(event.get_absolute_url()).status_code == 200

    def test_feed_is_read_by_calendar_programs(self, client):
        soon = EventFactory(title="路演；新材料，第二场", city_code="370100")
        off = EventFactory(state="cancelled", cancel_reason="停电", city_code="370100")
        EventFactory(state="draft", city_code="370100")
        EventFactory(city_code="370200")
        past_event(days=200, city_code="370100")

        response = client.get(url("feed"), {"city": "370100"})

        calendar = Calendar.from_ical(response.content)
        entries = {str(entry["uid"]): entry for entry in calendar.walk("VEVENT")}
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        assert (calendar.errors, [entry.errors for entry in entries.values()]) == ([], [[], []])
        assert {uid: str(entry["status"]) for uid, entry in entries.items()} == {
            f"event-{soon.pk}@testserver": "CONFIRMED", f"event-{off.pk}@testserver": "CANCELLED",
        }  # fmt: skip
        first = entries[f"event-{soon.pk}@testserver"]
        assert (str(first["summary"]), first.decoded("dtstart")) == (soon.title, soon.starts_at.replace(microsecond=0))
        assert client.get(url("feed"), {"city": "999999"}).status_code == 404

    def test_t07_counts_what_took_place_row_by_row(self, client):
        counted = [past_event(kind="roadshow", days=9), past_event(kind="matching", days=3)]
        for kind in ("training", "bank_meeting", "agriculture"):
            past_event(kind=kind)
        EventFactory(kind="roadshow")
        past_event(kind="roadshow", state="cancelled", cancel_reason="停电")
        past_event(kind="roadshow", state="draft")

        response = client.get(url("target"))

        assert (response.context["count"], response.context["beside"]) == (2, 1)
        assert list(response.context["page"]) == counted[::-1]


class TestOrganising:
    def test_programme_is_built_on_one_page(self, client, city):
        event, speaker = EventFactory(organiser=city.organisation), SpeakerFactory()
        starts = event.starts_at.astimezone(clock.SHANGHAI)
        slot = {
            "slot": "1", "kind": "talk", "title": "推介", "speaker": speaker.pk,
            "starts_at": f"{starts + dt.timedelta(minutes=1):%Y-%m-%dT%H:%M}",
            "ends_at": f"{starts + dt.timedelta(hours=1):%Y-%m-%dT%H:%M}",
        }  # fmt: skip

        client.post(url("programme", event.pk), slot)
        client.post(
            url("programme", event.pk),
            {"speaker": "1", "speaker-name": "季工", "speaker-organisation_name": "演示大学"},
        )
        client.post(url("programme", event.pk), {"tables": "1", "count": "2"})
        twice = client.post(url("programme", event.pk), slot)

        assert [(row.title, row.speaker) for row in event.slots.all()] == [("推介", speaker)]
        assert event.tables.count() == 2
        assert list(twice.context["slot"].errors) == ["speaker"]
        client.post(url("remove_slot", event.pk, event.slots.get().pk))
        assert not event.slots.exists()

    def test_exhibits_must_be_public(self, client, city):
        event = EventFactory(organiser=city.organisation)

        response = client.post(url("exhibits", event.pk), {"kind": "patent", "number": "201710601862.3"})

        assert list(response.context["form"].errors) == ["number"]
        assert not event.exhibits.exists()

    def test_photo_is_shown_and_paper_handed_out(self, client, city):
        event = EventFactory(organiser=city.organisation)
        for kind, name, content in (("photo", "a.png", PNG), ("material", "b.pdf", b"%PDF-1.7\n%%EOF\n")):
            client.post(url("files", event.pk), {"kind": kind, "file": SimpleUploadedFile(name, content)})
        wrong = client.post(url("files", event.pk), {"kind": "photo", "file": SimpleUploadedFile("c.pdf", b"%PDF-1.7")})
        client.logout()

        context = client.get(event.get_absolute_url()).context
        (paper,), (photo,) = context["papers"], context["photos"]
        answers = [client.get(url("file", event.pk, file.pk)) for file in (paper, photo)]
        assert [answer["Content-Disposition"].split(";")[0] for answer in answers] == ["attachment", "inline"]
        assert [answer["Content-Type"] for answer in answers] == ["application/pdf", "image/png"]
        assert [b"".join(answer.streaming_content) for answer in answers] == [b"%PDF-1.7\n%%EOF\n", PNG]
        assert list(wrong.context["form"].errors) == ["file"]
        assert client.get(url("file", EventFactory().pk, paper.pk)).status_code == 404

    def test_attendance_sheet_holds_everybody_and_is_recorded(self, client, city):
        event = past_event(organiser=city.organisation)
        SignupFactory(
            event=event, number=1, person_name="=张三", checked_in_at=event.starts_at, checked_in_via="qr", door="东门"
        )
        SignupFactory(event=event, number=2, state="queued")

        response = client.post(url("sheet", event.pk))

        rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.values)
        assert [(row[0], row[1], row[4]) for row in rows] == [
            ("序号", "状态", "姓名"), (1, "报名成功", "'=张三"), (2, "候补", event.signups.get(number=2).person_name),
        ]  # fmt: skip
        assert rows[1][9:12] == (f"{event.starts_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}", "扫码", "东门")
        assert AuditEntry.objects.get(verb="导出签到表").facts == {"rows": 2}

    @pytest.mark.parametrize("rows", [1, 3])
    def test_signup_list_query_count(self, client, city, django_assert_max_num_queries, rows):
        event = EventFactory(organiser=city.organisation)
        SignupFactory.create_batch(rows, event=event)
        client.get(url("signups", event.pk))

        with django_assert_max_num_queries(7):
            response = client.get(url("signups", event.pk))
        assert len(response.context["page"]) == rows

    def test_people_are_entered_and_quotas_set(self, client, city):
        event = EventFactory(organiser=city.organisation)
        firm = sme_user().organisation
        given = {"entry": "1", "name": "张三", "phone": "13900000001", "audience": "firm"}

        client.post(url("signups", event.pk), given | {"uscc": firm.uscc})
        client.post(url("signups", event.pk), {"quota": "1", "quota-firm": "1"})
        client.post(url("signups", event.pk), given | {"phone": "13900000002", "organisation_name": "某厂"})
        wrong = client.post(url("signups", event.pk), given | {"uscc": "123"})

        assert list(event.signups.order_by("number").values_list("organisation_id", "state")) == [
            (firm.pk, "confirmed"), (None, "queued"),
        ]  # fmt: skip
        assert list(wrong.context["entry"].errors) == ["uscc"]

    def test_event_of_another_city_is_not_found(self, client, city):
        event = EventFactory()
        row = SignupFactory(event=event)

        for name, *args in (("manage",), ("signups",), ("sheet",), ("withdraw_other", row.pk), ("reissue", row.pk)):
            method = client.get if name in ("manage", "signups") else client.post
            assert method(url(name, event.pk, *args)).status_code == 404
        row.refresh_from_db()
        assert (row.state, row.badge_version) == ("confirmed", 1)


class TestOutcomes:
    def test_firm_asks_on_the_event_page_and_the_deal_counts(self, client):
        deal, _, _ = enquiry()
        event, firm = running_event(), sme_user()
        exhibit = ExhibitFactory(event=event, patent=deal.patents.get())
        client.force_login(firm)

        assert url("enquire", event.pk, exhibit.pk) in client.get(event.get_absolute_url()).content.decode()
        client.post(url("enquire", event.pk, exhibit.pk), {"kind": "ordinary", "message": "用于产线"})

        outcome = Outcome.objects.get()
        assert (outcome.event, outcome.source, outcome.deal.origin_ref) == (event, "page", event.code)

    def test_code_links_the_own_deal(self, client):
        deal, _, firm = enquiry()
        event = past_event()
        SignupFactory(event=event, organisation=firm.organisation)
        client.force_login(firm)

        wrong = client.post(url("link"), {"code": "HD00000X", "ref": deal.ref})
        client.post(url("link"), {"code": event.code, "ref": deal.ref})

        assert list(wrong.context["form"].errors) == ["code"]
        assert Outcome.objects.get().deal == deal

    def test_official_links_states_and_voids(self, client):
        deal, _, _ = enquiry()
        event = past_event()
        client.force_login(province_user())
        stated = {
            "state": "1", "state-kind": "money", "state-happened_on": f"{clock.today():%Y-%m-%d}",
            "state-amount": "5 万元", "state-description": "首付款到账",
        }  # fmt: skip

        client.post(url("outcomes", event.pk), {"link": "1", "ref": deal.ref})
        without = client.post(url("outcomes", event.pk), stated)
        client.post(
            url("outcomes", event.pk), stated | {"state-file": SimpleUploadedFile("回单.pdf", b"%PDF-1.7\n%%EOF\n")}
        )

        assert list(without.context["state"].errors) == ["file"]
        figures = client.get(url("outcomes", event.pk)).context["figures"]
        assert (figures.enquiries, figures.payments, str(figures.money_amount)) == (1, 1, "50000.00")
        row = Outcome.objects.get(basis="statement")
        client.post(url("void", event.pk, row.pk), {"reason": "填错"})
        assert client.get(url("outcomes", event.pk)).context["figures"].payments == 0

    @pytest.mark.parametrize("rows", [1, 3])
    def test_outcome_list_query_count(self, client, django_assert_max_num_queries, rows):
        event, by = past_event(), province_user()
        for _ in range(rows):
            Outcome.objects.create(
                event=event, basis="statement", source="hand", kind="enquiry", happened_on=clock.today(), recorded_by=by
            )
        client.force_login(by)
        client.get(url("outcomes", event.pk))

        with django_assert_max_num_queries(15):
            response = client.get(url("outcomes", event.pk))
        assert len(response.context["page"]) == rows

    def test_report_and_feedback(self, client, city):
        event = past_event(organiser=city.organisation)
        row = SignupFactory(event=event, checked_in_at=event.starts_at, checked_in_via="qr")

        client.post(url("feedback", badge_of(row)), {"content_rating": "5", "service_rating": "4", "met_partner": "on"})
        client.post(url("report", event.pk), {"text": "顺利举办。", "spent_amount": "12,000.50"})
        wrong = client.post(url("report", event.pk), {"text": "", "spent_amount": "很多"})

        event.refresh_from_db()
        assert (str(event.report.spent_amount), event.report.attendee_count) == ("12000.50", 1)
        assert list(wrong.context["form"].errors) == ["text", "spent_amount"]
        feedback = client.get(url("report", event.pk)).context["feedback"]
        assert (feedback["count"], feedback["met"]) == (1, 1)
