"""Addresses of the in-tray."""

from django.urls import path

from portal.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.notice_list, name="list"),
    path("<int:notice_id>/open/", views.open_notice, name="open"),
]
