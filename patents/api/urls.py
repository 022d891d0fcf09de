"""Addresses of the legal events' API, under /api/v1/."""

from django.urls import path

from patents.api import views
from portal.api.permissions import for_office_clients

urlpatterns = [
    path("legal-events/", for_office_clients(views.LegalEvents.as_view()), name="legal_events"),
]
