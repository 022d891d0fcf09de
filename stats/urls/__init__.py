"""Addresses of the statistics, a file per half."""

from stats.urls import numbers, programme

app_name = "stats"
urlpatterns = [*numbers.urlpatterns, *programme.urlpatterns]
