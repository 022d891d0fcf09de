"""Addresses of the firm's financing projects."""

from django.urls import path

from finance.views import projects

app_name = "finance"
urlpatterns = [
    path("projects/", projects.project_list, name="list"),
    path("projects/new/", projects.edit, name="new"),
    path("projects/<str:ref>/", projects.project, name="project"),
    path("projects/<str:ref>/edit/", projects.edit, name="edit"),
    path("projects/<str:ref>/close/", projects.close, name="close"),
]
