"""Addresses under /api/v1/; like portal/urls.py it may name every app."""

from django.urls import include, path, re_path

from portal.api import views

app_name = "api"
urlpatterns = [
    path("oauth/token", views.TokenView.as_view(), name="token"),
    path("schema/", views.SchemaView.as_view(), name="schema"),
    path("docs/", views.docs, name="docs"),
    path("", include("finance.api.urls")),
    re_path(r"", views.Unknown.as_view(), name="unknown"),
]
