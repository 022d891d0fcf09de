"""Addresses of the firm's financing projects."""

from django.urls import path

from finance import views

app_name = "finance"
urlpatterns = [
    path("projects/", views.project_list, name="list"),
    path("projects/new/", views.edit, name="new"),
    path("projects/<str:ref>/", views.project, name="project"),
    path("projects/<str:ref>/edit/", views.edit, name="edit"),
    path("projects/<str:ref>/close/", views.close, name="close"),
]
