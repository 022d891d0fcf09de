"""Addresses of the banks' API, under /api/v1/."""

from django.urls import path

from finance.api.views import answers, batch, collateral, documents, loans, projects, statements
from portal.accounts.access import public
from portal.api.permissions import for_bank_clients as banks

urlpatterns = [
    path("projects/", banks(projects.ProjectList.as_view()), name="projects"),
    path("projects/<slug:ref>/", banks(projects.ProjectDetail.as_view()), name="project"),
    path("projects/<slug:ref>/answers/", banks(answers.AnswerCreate.as_view()), name="answers"),
    path("projects/<slug:ref>/entries/", banks(loans.EntryCreate.as_view()), name="entries"),
    path("projects/<slug:ref>/documents/", banks(documents.DocumentList.as_view()), name="documents"),
    path(
        "projects/<slug:ref>/documents/<int:document_id>/links/",
        banks(documents.LinkCreate.as_view()),
        name="document_links",
    ),
    path("documents/<str:token>/", public(documents.Download.as_view()), name="document"),
    path("loans/", banks(loans.LoanList.as_view()), name="loans"),
    path("loans/<slug:ref>/", banks(loans.LoanDetail.as_view()), name="loan"),
    path("projects/<slug:ref>/patents/", banks(collateral.PatentList.as_view()), name="patents"),
    path("collateral-alerts/", banks(collateral.AlertList.as_view()), name="alerts"),
    path(
        "collateral-alerts/<int:alert_id>/acknowledgement/",
        banks(collateral.Acknowledge.as_view()),
        name="acknowledge_alert",
    ),
    path("statements/", banks(statements.Statements.as_view()), name="statements"),
    path("batch/", banks(batch.Batch.as_view()), name="batch"),
]
