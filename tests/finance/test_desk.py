"""The sample bank's desk and batches against the real API, without a process: documents, alerts, statements."""

from decimal import Decimal

import httpx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from finance import services
from finance.models import Answer, CoverAlert, DocumentDownload, Loan, Placement, Statement
from finance.sample_bank.clerk import Clerk
from finance.sample_bank.client import PortalClient
from finance.sample_bank.faults import Faults
from finance.sample_bank.ledger import Ledger
from portal.api.services import issue_credentials
from tests.factories.accounts import bank_user, province_user
from tests.factories.finance import admitted_project, entry
from tests.in_process import transport

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank():
    return bank_user()


@pytest.fixture
def clerk(bank, tmp_path):
    """A clerk whose calls go straight into the portal."""
    issued = issue_credentials(organisation=bank.organisation, by=province_user())
    client = PortalClient(
        portal_url="http://testserver", client_id=issued.client_id, client_secret=issued.client_secret
    )
    client._http = httpx.Client(base_url="http://testserver/api/v1/", transport=transport(), trust_env=False)
    ledger = Ledger(tmp_path / "bank.sqlite3")
    return Clerk(ledger=ledger, client=client, faults=Faults(), lend_after=0.0)


def pushed(clerk, bank, count):
    projects = [admitted_project(banks=[bank] if place == 0 else []) for place in range(count)]
    for project in projects:
        clerk._ledger.receive(
            webhook_id=f"evt-{project.ref}", event="finance.placement.pushed", project_ref=project.ref
        )
    return projects


def test_several_projects_are_accepted_in_one_request(clerk, bank):
    pushed(clerk, bank, 3)

    clerk._accept_together(clerk._ledger.due())

    assert set(Placement.objects.values_list("state", flat=True)) == {"accepted"}
    assert Answer.objects.count() == 3
    books = clerk._ledger.everything()
    assert [(row["kind"], row["status"]) for row in books["answers"]] == [("accept", 201)] * 3
    assert {row["step"] for row in books["projects"]} == {"lend"}


def test_documents_are_taken_over_links_and_checked(clerk, bank):
    (project,) = pushed(clerk, bank, 1)
    services.attach_paper(
        project_id=project.pk,
        by=project.organisation.users.get(),
        purpose="licence",
        file=SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF\n"),
        file_name="营业执照.pdf",
    )

    clerk._desk.take_documents(project.ref)

    (kept,) = clerk._ledger.everything()["documents"]
    assert (kept["name"], kept["is_sound"]) == ("营业执照.pdf", 1)
    assert DocumentDownload.objects.get().by.organisation == bank.organisation


def test_alerts_are_acknowledged_and_a_statement_is_compared(clerk, bank):
    (project,) = pushed(clerk, bank, 1)
    for _ in ("accept", "lend"):
        clerk._work_on(clerk._ledger.due()[0])
    services.review_cover(loan=Loan.objects.get(), cause="放款时")
    alert = CoverAlert.objects.get()
    clerk._ledger.alert(alert.pk, project_ref=project.ref, severity=alert.severity)
    clerk._ledger.statement_ordered.set()

    clerk._desk.work()

    alert.refresh_from_db()
    books = clerk._ledger.everything()
    assert (alert.acknowledged_note, books["alerts"][0]["status"]) == ("已知悉", 201)
    assert [(row["status"], row["differences"]) for row in books["statements"]] == [(201, 0)]
    entry(project, bank, "repayment", number="X", on=Loan.objects.get().drawn_on, principal=Decimal("1.00"))
    clerk._ledger.statement_ordered.set()
    clerk._desk.work()
    assert Statement.objects.latest("id").differences.get().kind == "balance"
