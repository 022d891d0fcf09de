"""Lockout, idle time-out, second factor, change of password."""

import datetime as dt
import time

import pytest
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal import clock
from portal.accounts.middleware import LAST_SEEN
from tests.factories.accounts import PASSWORD, city_user, sme_user

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "Gengxin-Mima-2027"


def with_password(user):
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, username, password=PASSWORD):
    return client.post("/accounts/login/", {"username": username, "password": password})


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_five_failures_lock_the_account(client):
    user = with_password(sme_user())
    statuses = [sign_in(client, user.username, "wrong").status_code for _ in range(5)]

    last = sign_in(client, user.username)

    assert statuses == [200, 200, 200, 200, 429]
    assert (last.status_code, is_signed_in(client)) == (429, False)
    assert "锁定" in last.content.decode()


def test_success_forgets_earlier_failures(client):
    user = with_password(sme_user())
    for _ in range(4):
        sign_in(client, user.username, "wrong")
    sign_in(client, user.username)
    client.post("/accounts/logout/")

    assert sign_in(client, user.username, "wrong").status_code == 200
    assert sign_in(client, user.username).status_code == 302


@pytest.mark.parametrize(
    ("make_user", "minutes", "stays"),
    [(sme_user, 29, True), (sme_user, 31, False), (city_user, 14, True), (city_user, 16, False)],
)
def test_idle_session_ends(client, make_user, minutes, stays):
    client.force_login(make_user())
    session = client.session
    session[LAST_SEEN] = int((clock.now() - dt.timedelta(minutes=minutes)).timestamp())
    session.save()

    response = client.get("/accounts/profile/")

    assert (response.status_code, is_signed_in(client)) == ((200, True) if stays else (302, False))
    if not stays:
        assert response.headers["Location"] == "/accounts/login/?idle=1"


class TestSecondFactor:
    @pytest.fixture(autouse=True)
    def required(self, settings):
        settings.OFFICIALS_NEED_SECOND_FACTOR = True

    @pytest.mark.parametrize("address", ["/", "/admin/", "/admin/finance/project/", "/accounts/profile/"])
    def test_official_goes_nowhere_without_it(self, client, address):
        client.force_login(city_user())

        assert client.get(address).headers["Location"] == f"/accounts/second-factor/?next={address}"

    def test_firm_needs_none(self, client):
        client.force_login(sme_user())

        assert client.get("/accounts/profile/").status_code == 200

    def test_enrolment_then_code_at_each_sign_in(self, client):
        official = city_user()
        client.force_login(official)
        assert "data:image/svg+xml" in client.get("/accounts/second-factor/").content.decode()
        device = TOTPDevice.objects.get(user=official)

        answer = client.post("/accounts/second-factor/?next=/admin/", {"token": token(device)})

        assert answer.headers["Location"] == "/admin/"
        assert client.get("/admin/").status_code == 200
        again = Client()
        again.force_login(official)
        page = again.get("/accounts/second-factor/").content.decode()
        assert again.get("/admin/").status_code == 302
        assert "data:image/svg+xml" not in page

    def test_wrong_code_and_used_code_are_refused(self, client):
        official = city_user()
        client.force_login(official)
        client.get("/accounts/second-factor/")
        device = TOTPDevice.objects.get(user=official)
        right = token(device)
        wrong = f"{(int(right) + 1) % 1_000_000:06d}"

        refused = client.post("/accounts/second-factor/", {"token": wrong})

        assert list(refused.context["form"].errors) == ["token"]
        assert client.get("/admin/").status_code == 302

    def test_does_not_send_to_another_host(self, client):
        official = city_user()
        client.force_login(official)
        client.get("/accounts/second-factor/")
        device = TOTPDevice.objects.get(user=official)

        answer = client.post("/accounts/second-factor/?next=https://elsewhere.example/", {"token": token(device)})

        assert answer.headers["Location"] == "/admin/"


def token(device):
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time()
    return f"{totp.token():06d}"


def test_password_is_changed_with_the_old_one(client):
    user = with_password(sme_user())
    client.force_login(user)

    form = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    client.post("/accounts/password/", form)

    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"old_password": "wrong"}, "old_password"),
        ({"new_password1": "abcdefghijkl", "new_password2": "abcdefghijkl"}, "new_password2"),
        ({"new_password2": "Bu-Yiyang-2027"}, "new_password2"),
    ],
)
def test_refused_change_keeps_the_password(client, changes, field):
    user = with_password(sme_user())
    client.force_login(user)
    form = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}

    response = client.post("/accounts/password/", form | changes)

    user.refresh_from_db()
    assert list(response.context["form"].errors) == [field]
    assert user.check_password(PASSWORD)
