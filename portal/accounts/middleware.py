"""Sessions end when idle; officials prove a second factor."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from portal import clock

Handler = Callable[[HttpRequest], HttpResponse]
LAST_SEEN = "last_seen"
# Written no more often than this, so that reading pages does not write the session at each click.
WRITE_EVERY_SECONDS = 60


class IdleTimeoutMiddleware:
    """Signs a user out who has done nothing for IDLE_MINUTES (officials IDLE_MINUTES_ADMIN)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            minutes = settings.IDLE_MINUTES_ADMIN if request.user.is_staff else settings.IDLE_MINUTES
            now = int(clock.now().timestamp())
            last_seen = request.session.get(LAST_SEEN, now)
            if now - last_seen > minutes * 60:
                logout(request)
                return redirect(f"{reverse('accounts:login')}?idle=1")
            if now - last_seen >= WRITE_EVERY_SECONDS or LAST_SEEN not in request.session:
                request.session[LAST_SEEN] = now
        return self.get_response(request)


class OfficialSecondFactorMiddleware:
    """Lets an official go nowhere but to the second factor before it is proved."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if settings.OFFICIALS_NEED_SECOND_FACTOR and user.is_authenticated and user.is_staff:
            open_addresses = {reverse("accounts:second_factor"), reverse("accounts:logout")}
            if not user.is_verified() and request.path not in open_addresses:  # type: ignore[attr-defined]
                return redirect(f"{reverse('accounts:second_factor')}?next={request.path}")
        return self.get_response(request)
