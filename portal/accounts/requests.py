"""Who is behind a request that `roles(...)` or the admin has let in."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest

from portal.accounts.models import Organisation, User


class SignedInRequest(HttpRequest):
    user: User


def user_of(request: HttpRequest) -> User:
    """Return the user that is signed in."""
    return cast("User", request.user)


def organisation_of(request: HttpRequest) -> Organisation:
    """Return the organisation of who is signed in; every role but the province's has one."""
    return cast("Organisation", user_of(request).organisation)


def client_address(request: HttpRequest) -> str | None:
    """The caller's address, as the outermost of PROXY_COUNT own proxies saw it; None where no connection is behind.

    Each proxy adds on the right whom it was called by; what stands further left is the caller's own claim.
    """
    chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if 0 < settings.PROXY_COUNT <= len(chain):
        return str(chain[-settings.PROXY_COUNT])
    # A request made in a program, such as the test client's sign-in, has none.
    return request.META.get("REMOTE_ADDR")
