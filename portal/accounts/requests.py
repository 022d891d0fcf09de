"""Who is behind a request that `roles(...)` or the admin has let in."""

from typing import cast

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
