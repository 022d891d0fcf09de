"""Stopgap by the lead: addresses follow."""

from django.http import Http404
from django.urls import path
from portal.accounts.access import public

app_name = "subsidies"


def _later(request, *args, **kwargs):
    raise Http404


urlpatterns = [path("", public(_later), name="calculation"), path("<int:pk>/", public(_later), name="detail")]
