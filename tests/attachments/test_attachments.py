"""Documents on a row that every part treats alike; a firm's demand stands for all rows."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from portal.attachments import services
from portal.attachments.checks import LIMIT_BYTES, check_file
from portal.attachments.models import Attachment
from portal.audit.models import AuditEntry
from portal.errors import Invalid, NotFound
from tests.factories.accounts import city_user, sme_user
from tests.factories.demand import DemandFactory

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 a contract"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def office(*names):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return stream.getvalue()


def attach(target, by, content=PDF, name="合同.pdf", purpose="contract"):
    file = SimpleUploadedFile(name, content)
    return services.attach(target=target, purpose=purpose, file=file, file_name=name, by=by)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("照片.JPG", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.png", b"\x89PNG\r\n\x1a\n.", "image/png"),
        (
            "报告.docx",
            office("word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("b.xlsx", office("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_document_is_known_by_its_content(name, content, expected):
    assert check_file(SimpleUploadedFile(name, content), name) == expected


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.pdf", b"", "文件是空的，请重新选择。"),
        ("a.pdf", b"MZ\x90", "文件内容不是有效的 .pdf 文件，可能已损坏或被改名。"),
        ("a.docx", b"not a zip", "文件内容不是有效的 .docx 文件，可能已损坏或被改名。"),
        ("a.docx", office("xl/workbook.xml"), "文件内容不是有效的 .docx 文件，可能已损坏或被改名。"),
        (
            "a.xlsx",
            office("xl/workbook.xml", "xl/vbaProject.bin"),
            "文件内容不是有效的 .xlsx 文件，可能已损坏或被改名。",
        ),
        ("a.pdf", b"%PDF-" + b"0" * LIMIT_BYTES, "文件超过 20 MB，请压缩或拆分后上传。"),
        (
            "run.exe",
            b"MZ",
            "不接受“.exe”文件。支持 PDF、Word（.docx）、Excel（.xlsx）和 JPG、PNG 图片，最大 20 MB。",
        ),
    ],
)
def test_bad_document_is_refused_and_nothing_kept(name, content, message):
    demand, by = DemandFactory(), sme_user()

    with pytest.raises(Invalid) as refusal:
        attach(demand, by, content, name)

    assert (refusal.value.message, refusal.value.field) == (message, "file")
    assert (Attachment.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_same_file_for_the_same_purpose_is_kept_once_until_removed():
    demand, by = DemandFactory(), sme_user()
    first = attach(demand, by)

    again = attach(demand, by, name="副本.pdf")
    other = attach(demand, by, purpose="report")
    services.remove(target=demand, attachment_id=first.pk, by=by)
    anew = attach(demand, by)

    assert again == first
    assert list(Attachment.objects.of(demand)) == [other, anew]


def test_removing_from_another_row_finds_nothing():
    demand, by = DemandFactory(), sme_user()
    kept = attach(demand, by)

    with pytest.raises(NotFound):
        services.remove(target=DemandFactory(), attachment_id=kept.pk, by=by)

    assert list(Attachment.objects.of(demand)) == [kept]


def test_a_document_cannot_be_deleted():
    kept = attach(DemandFactory(), sme_user())

    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        kept.delete()


def test_who_sees_the_row_gets_the_document_as_a_download(client):
    firm = sme_user()
    kept = attach(DemandFactory(organisation=firm.organisation), firm)
    client.force_login(firm)

    response = client.get(f"/attachments/{kept.pk}/")

    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E5%90%88%E5%90%8C.pdf"


@pytest.mark.parametrize("stranger", [sme_user, lambda: city_user("370900")])
def test_others_do_not_find_the_document(client, stranger):
    kept = attach(DemandFactory(), sme_user())
    client.force_login(stranger())

    assert client.get(f"/attachments/{kept.pk}/").status_code == 404


def test_a_removed_document_is_gone_for_its_owner_too(client):
    firm = sme_user()
    demand = DemandFactory(organisation=firm.organisation)
    kept = attach(demand, firm)
    services.remove(target=demand, attachment_id=kept.pk, by=firm)
    client.force_login(firm)

    assert client.get(f"/attachments/{kept.pk}/").status_code == 404
    client.logout()
    assert client.get(f"/attachments/{kept.pk}/").status_code == 302
