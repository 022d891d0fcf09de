"""Addresses of the figures: indicators, dashboard, bulletins."""

from django.urls import path

from stats.views import pledge

urlpatterns = [
    path("pledge/", pledge.pledge, name="pledge"),
    path("pledge/export/", pledge.pledge_export, name="pledge_export"),
    path("pledge/rows/", pledge.pledge_rows, name="pledge_rows"),
    path("pledge/rows/export/", pledge.pledge_rows_export, name="pledge_rows_export"),
]
