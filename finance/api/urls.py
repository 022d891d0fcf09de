"""Addresses of the banks' API, under /api/v1/."""

from django.urls import path

from finance.api import views

urlpatterns = [
    path("projects/", views.ProjectList.as_view(), name="projects"),
    path("projects/<str:ref>/", views.ProjectDetail.as_view(), name="project"),
    path("projects/<str:ref>/answers/", views.AnswerCreate.as_view(), name="answers"),
]
