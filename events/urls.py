"""Stopgap by the lead: addresses follow."""

from typing import Never

from django.http import Http404
from django.urls import path

from portal.accounts.access import public

app_name = "events"


def _later(request, *args, **kwargs) -> Never:
    raise Http404


urlpatterns = [path("", public(_later), name="list"), path("<int:pk>/", public(_later), name="detail")]
