"""Addresses of the events."""

from django.urls import path

from events.views import events

app_name = "events"
urlpatterns = [
    path("", events.event_list, name="list"),
    path("<int:pk>/", events.detail, name="detail"),
    path("<int:pk>/event.ics", events.calendar, name="calendar"),
]
