"""Refusals that no form shows become a page with the sentence, not an error 500."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from portal.errors import ServiceError

NOT_FOUND = 404


class ServiceErrorMiddleware:
    """Shows a ServiceError that a view let through; the API has a handler of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ServiceError):
            return None
        if exception.status == NOT_FOUND:
            raise Http404 from exception
        return render(request, "errors/refused.html", {"message": exception.message}, status=exception.status)
