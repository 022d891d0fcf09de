"""Addresses under /api/v1/; like portal/urls.py it may name every app."""

from django.urls import include, path, re_path

from portal.accounts.access import public
from portal.api import views

app_name = "api"
urlpatterns = [
    path("oauth/token", public(views.TokenView.as_view()), name="token"),
    path("schema/", public(views.SchemaView.as_view()), name="schema"),
    path("docs/", public(views.docs), name="docs"),
    path("", include("finance.api.urls")),
    path("", include("patents.api.urls")),
    re_path(r"", public(views.Unknown.as_view()), name="unknown"),
]
