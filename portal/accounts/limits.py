"""How often one address may post a form that needs no account."""

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from rest_framework.throttling import SimpleRateThrottle

from portal.accounts.requests import client_address
from portal.errors import TooOften

View = Callable[..., HttpResponse]


class _FormThrottle(SimpleRateThrottle):
    def __init__(self, view: str) -> None:
        self.rate = settings.PUBLIC_FORM_RATE
        self.num_requests, self.duration = self.parse_rate(self.rate)
        self.view = view

    def get_cache_key(self, request: Any, view: Any) -> str:
        return f"form-{self.view}-{client_address(request)}"


def limited(view: View) -> View:
    """Let an address post to the view PUBLIC_FORM_RATE times; who is signed in is not counted.

    Raises:
        TooOften: in the view, before anything is done.
    """

    @functools.wraps(view)
    def counted(request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            throttle: Any = _FormThrottle(view.__name__)
            if not throttle.allow_request(request, None):
                minutes = int(throttle.wait() or 0) // 60 + 1
                raise TooOften(f"本网络地址提交过于频繁，请 {minutes} 分钟后再试。")
        return view(request, *given, **named)

    return counted
