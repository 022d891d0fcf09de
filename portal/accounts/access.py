"""Who may open an address. Every view says so; a test walks all addresses and fails on one that does not."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

P = ParamSpec("P")
ResponseT = TypeVar("ResponseT", bound=HttpResponseBase)
View = Callable[Concatenate[HttpRequest, P], ResponseT]
PUBLIC = frozenset({"public"})
SIGNED_IN = frozenset({"signed_in"})


def public(view: View[P, ResponseT]) -> View[P, ResponseT]:
    """Open to everybody."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def roles(*allowed: str) -> Callable[[View[P, ResponseT]], View[P, HttpResponseBase]]:
    """Open to users of these roles: others get 403, who is not signed in is asked to sign in."""

    def decorate(view: View[P, ResponseT]) -> View[P, HttpResponseBase]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            user: Any = request.user
            if not user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if user.role not in allowed:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.access = frozenset(allowed)  # type: ignore[attr-defined]
        return guarded

    return decorate


def signed_in(view: View[P, ResponseT]) -> View[P, HttpResponseBase]:
    """Open to every user that is signed in."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    guarded.access = SIGNED_IN  # type: ignore[attr-defined]
    return guarded
