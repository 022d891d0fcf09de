"""Addresses of the events."""

from django.urls import path

from events.views import calendar as views

app_name = "events"
urlpatterns = [
    path("", views.event_list, name="list"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/event.ics", views.calendar, name="calendar"),
]
