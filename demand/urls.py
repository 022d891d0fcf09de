"""Addresses of needs."""

from django.urls import path

from demand.views import needs as views

app_name = "demand"
urlpatterns = [
    path("", views.demand_list, name="list"),
    path("new/", views.edit, name="new"),
    path("matched/", views.matched, name="matched"),
    path("<str:ref>/", views.demand, name="demand"),
    path("<str:ref>/edit/", views.edit, name="edit"),
    path("<str:ref>/close/", views.close, name="close"),
]
