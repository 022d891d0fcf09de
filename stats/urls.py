"""Addresses of the statistics."""

from django.urls import path

from stats import views

app_name = "stats"
urlpatterns = [
    path("pledge/", views.pledge, name="pledge"),
    path("pledge/export/", views.pledge_export, name="pledge_export"),
    path("pledge/rows/", views.pledge_rows, name="pledge_rows"),
    path("pledge/rows/export/", views.pledge_rows_export, name="pledge_rows_export"),
]
