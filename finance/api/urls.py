"""Addresses of the banks' API, under /api/v1/."""

from django.urls import path

from finance.api.views import answers, projects
from portal.api.permissions import for_bank_clients

urlpatterns = [
    path("projects/", for_bank_clients(projects.ProjectList.as_view()), name="projects"),
    path("projects/<slug:ref>/", for_bank_clients(projects.ProjectDetail.as_view()), name="project"),
    path("projects/<slug:ref>/answers/", for_bank_clients(answers.AnswerCreate.as_view()), name="answers"),
]
