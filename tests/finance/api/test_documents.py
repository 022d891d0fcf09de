import hashlib

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from finance import services
from finance.models import DocumentDownload
from portal.attachments.models import Attachment
from portal.audit.models import AuditEntry
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from tests.factories.accounts import bank_user, sme_user
from tests.factories.api import BankClient
from tests.factories.finance import admitted_project

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%%EOF\n"


def attach(project, *, purpose="statements", name="报表.pdf", content=PDF, by=None):
    return services.attach_paper(
        project_id=project.pk,
        by=by or project.organisation.users.get(role="sme"),
        purpose=purpose,
        file=SimpleUploadedFile(name, content),
        file_name=name,
    )


def link(client, project, paper):
    return client.keyed(f"/api/v1/projects/{project.ref}/documents/{paper.pk}/links/")


def test_a_bank_lists_and_downloads_what_the_firm_attached(bank_client, project):
    paper = attach(project)

    listed = bank_client.get(f"/api/v1/projects/{project.ref}/documents/").json()["results"]
    made = link(bank_client, project, paper)
    # Whoever holds the link needs no token.
    taken = Client().get(made.json()["url"])

    assert [(row["id"], row["file_name"], row["sha256"], row["size_bytes"]) for row in listed] == [
        (paper.pk, "报表.pdf", hashlib.sha256(PDF).hexdigest(), len(PDF))
    ]
    assert (made.status_code, b"".join(taken.streaming_content)) == (201, PDF)
    download = DocumentDownload.objects.get()
    assert (download.placement.project, download.attachment, download.by) == (project, paper, bank_client.bank)
    assert AuditEntry.objects.filter(verb="下载项目材料", actor=bank_client.bank).count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_document_list_query_count(bank_client, project, django_assert_num_queries, rows):
    for place in range(rows):
        attach(project, content=PDF + bytes([place]))

    with django_assert_num_queries(6):
        response = bank_client.get(f"/api/v1/projects/{project.ref}/documents/")

    assert len(response.json()["results"]) == rows


def test_a_link_runs_out(bank_client, project, settings, monkeypatch):
    url = link(bank_client, project, attach(project)).json()["url"]
    real = signing.time.time

    monkeypatch.setattr(signing.time, "time", lambda: real() + 601)

    response = Client().get(url)
    assert (response.status_code, response.json()["code"]) == (404, "link_expired")
    assert not DocumentDownload.objects.exists()


@pytest.mark.parametrize("how", ["closed", "removed", "locked out", "forged", "wrong content"])
def test_a_link_does_not_outlive_what_it_stands_for(bank_client, project, how):
    paper = attach(project)
    url = link(bank_client, project, paper).json()["url"]
    firm = project.organisation.users.get(role="sme")
    if how == "closed":
        services.close_project(project_id=project.pk, by=firm)
    elif how == "removed":
        services.remove_paper(project_id=project.pk, by=firm, attachment_id=paper.pk)
    elif how == "locked out":
        bank_client.bank.is_active = False
        bank_client.bank.save()
    elif how == "forged":
        url = url.rstrip("/") + "x/"
    else:
        url = f"/api/v1/documents/{signing.dumps(['x', None], salt='finance.documents.link')}/"

    response = Client().get(url)

    assert (response.status_code, response.json()["code"]) == (404, "link_expired")
    assert not DocumentDownload.objects.exists()


def test_another_bank_gets_neither_list_nor_link(project):
    paper = attach(project)
    other = BankClient(bank_user())

    assert other.get(f"/api/v1/projects/{project.ref}/documents/").status_code == 404
    assert link(other, project, paper).status_code == 404


def test_a_document_of_another_project_is_not_found(bank_client, project):
    elsewhere = attach(admitted_project(banks=[bank_user()]))

    assert link(bank_client, project, elsewhere).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [({"purpose": "gossip"}, "purpose"), ({"content": b"MZ"}, "file"), ({"name": "a.exe"}, "file")],
)
def test_what_may_not_be_attached_is_refused(project, change, field):
    version = project.version

    with pytest.raises(Invalid) as refusal:
        attach(project, **change)

    project.refresh_from_db()
    assert (refusal.value.field, project.version, Attachment.objects.count()) == (field, version, 0)


def test_attaching_is_for_the_firm_alone_while_the_project_runs(project):
    with pytest.raises(NotAllowed):
        attach(project, by=bank_user())
    with pytest.raises(NotFound):
        attach(project, by=sme_user())
    services.close_project(project_id=project.pk, by=project.organisation.users.get(role="sme"))
    with pytest.raises(WrongState):
        attach(project)
    assert not Attachment.objects.exists()
