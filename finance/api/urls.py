"""Addresses of the banks' API, under /api/v1/."""

from django.urls import path

from finance.api import views
from portal.api.permissions import for_bank_clients

urlpatterns = [
    path("projects/", for_bank_clients(views.ProjectList.as_view()), name="projects"),
    path("projects/<slug:ref>/", for_bank_clients(views.ProjectDetail.as_view()), name="project"),
    path("projects/<slug:ref>/answers/", for_bank_clients(views.AnswerCreate.as_view()), name="answers"),
]
