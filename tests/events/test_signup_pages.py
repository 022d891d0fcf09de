"""The pages of signing up, of the badge and of the door."""

import pytest
from django.urls import reverse

from events.models import Event, Signup
from events.services.signups import badge_of
from events.tokens import door_token
from portal import clock
from tests.factories.accounts import city_user, sme_user
from tests.factories.events import (
    EventFactory,
    SignupFactory,
    running_event,
)

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"events:{name}", args=args)


def told(response):
    return [str(message) for message in response.context["messages"]]


@pytest.fixture
def city(client):
    user = city_user("370100")
    client.force_login(user)
    return user


class TestSigningUp:
    def rows(self, *people):
        given = {"people-TOTAL_FORMS": len(people), "people-INITIAL_FORMS": 0}
        for place, (name, phone) in enumerate(people):
            given |= {f"people-{place}-name": name, f"people-{place}-phone": phone}
        return given

    def test_firm_signs_up_and_sees_its_badges(self, client):
        event, firm = EventFactory(capacity=1), sme_user()
        client.force_login(firm)

        response = client.post(
            url("sign_up", event.pk), self.rows(("张三", "139 0000 0001"), ("李四", "13900000002")), follow=True
        )

        assert told(response) == ["报名成功 1 人，候补 1 人（有名额时自动转正并通知）。"]
        first, second = event.signups.order_by("number")
        assert [(row.person_phone, row.state) for row in (first, second)] == [
            ("13900000001", "confirmed"), ("13900000002", "queued"),
        ]  # fmt: skip
        page = client.get(url("mine")).content.decode()
        assert url("badge", badge_of(first)) in page
        client.post(url("withdraw", first.pk))
        second.refresh_from_db()
        assert second.state == "confirmed"
        assert client.post(url("withdraw", SignupFactory().pk)).status_code == 404

    @pytest.mark.parametrize(
        ("name", "phone", "words"),
        [("", "13900000001", "第 1 人姓名"), ("张三", "123", "第 1 人手机：请填写 11 位手机号码")],
    )
    def test_wrong_line_is_named(self, client, name, phone, words):
        event = EventFactory()
        client.force_login(sme_user())

        response = client.post(url("sign_up", event.pk), self.rows((name, phone)))

        assert response.status_code == 422
        assert words in response.content.decode()
        assert not event.signups.exists()

    def test_refusal_of_the_service_is_shown(self, client):
        event = EventFactory(per_organisation=1)
        client.force_login(sme_user())

        response = client.post(url("sign_up", event.pk), self.rows(("甲", "13900000001"), ("乙", "13900000002")))

        assert "每单位最多 1 人" in response.content.decode()

    def test_person_without_account_gets_a_badge(self, client):
        event = EventFactory()
        given = {"name": "王五", "phone": "13900000003", "organisation_name": "某律所"}

        assert list(client.post(url("sign_up", event.pk), given).context["form"].errors) == ["has_consented"]
        response = client.post(url("sign_up", event.pk), given | {"has_consented": "on"}, follow=True)

        text = response.content.decode()
        # The picture is drawn whole at any width: its own measure is the code's.
        assert ("王五" in text, '<svg viewBox="0 0 ' in text, event.code in text) == (True, True, True)
        row = Signup.objects.get()
        client.post(url("withdraw_badge", badge_of(row)))
        row.refresh_from_db()
        assert row.state == "withdrawn"

    def test_badge_that_the_portal_did_not_make_is_not_found(self, client):
        row = SignupFactory()

        assert client.get(url("badge", f"{row.pk}.1:forged")).status_code == 404
        assert client.get(url("badge", badge_of(row))).status_code == 200


class TestDoor:
    def test_helpers_without_account_let_people_in(self, client):
        row = SignupFactory(event=running_event(), person_name="欧阳一")
        event, token = row.event, badge_of(row)

        # Before the link is opened there is no door, and the badge has no button.
        assert client.get(url("door", event.pk)).status_code == 404
        assert client.post(url("check_in_badge", event.pk, token)).status_code == 404
        assert "签到</button>" not in client.get(url("badge", token)).content.decode()

        client.post(url("enter_door", door_token(event.pk, event.door_version)), {"door": "东门 小王"})
        assert "签到</button>" in client.get(url("badge", token)).content.decode()
        first = client.post(url("check_in_badge", event.pk, token), follow=True)
        again = client.post(url("check_in_badge", event.pk, token), follow=True)

        row.refresh_from_db()
        at_door = row.checked_in_at.astimezone(clock.SHANGHAI)
        assert told(first) == ["欧阳一 签到成功。"]
        assert told(again) == [f"欧阳一 已于 {at_door:%H:%M} 在“东门 小王”签到，本次不重复计数。"]

    def test_by_name_and_walk_in(self, client, city):
        event = running_event(organiser=city.organisation)
        row = SignupFactory(event=event, person_name="司马二")
        SignupFactory(event=event, person_name="别人", state="withdrawn")

        found = client.get(url("door", event.pk), {"q": "司马"}).context["found"]
        client.post(url("check_in_name", event.pk, row.pk))
        client.post(url("door", event.pk), {"name": "赵六", "phone": "13900000009", "organisation_name": "某公司"})

        row.refresh_from_db()
        assert (found, row.checked_in_via) == ([row], "name")
        assert event.signups.get(is_walk_in=True).person_name == "赵六"
        # One letter, or a name of nobody, reads no list.
        assert client.get(url("door", event.pk), {"q": "司"}).context["found"] == []
        assert client.post(url("check_in_name", event.pk, SignupFactory().pk), follow=True).status_code == 200
        assert event.signups.filter(checked_in_at__isnull=False).count() == 2

    def test_a_renewed_link_closes_the_door_of_the_old_one(self, client):
        event = running_event()
        old = door_token(event.pk, event.door_version)
        client.post(url("enter_door", old), {"door": "东门"})
        Event.objects.filter(pk=event.pk).update(door_version=2)

        assert client.get(url("door", event.pk)).status_code == 404
        assert client.get(url("enter_door", old)).status_code == 404
        assert client.get(url("enter_door", "1.1:forged")).status_code == 404
