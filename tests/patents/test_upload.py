"""The upload page: only the own organisation's sheets, preview before anything is written, harmless repetition."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from patents.imports import jobs
from patents.models import Patent
from portal.audit.models import AuditEntry
from portal.sheets.models import SheetImport
from tests.factories.accounts import city_user, holder_user, province_user, sme_user
from tests.sheets import builders

pytestmark = pytest.mark.django_db
ROWS = [["专利名称", "申请号"], ["一种夹具", "201710601862.3"], ["错位", "201710601862.4"]]


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def upload(client: Client, tmp_path: Path, rows: list[list[str]] = ROWS, name: str = "清单.xlsx") -> Any:
    content = builders.xlsx(tmp_path / "list.xlsx", rows).read_bytes()
    return client.post("/patents/uploads/", {"file": SimpleUploadedFile(name, content)})


def test_sheet_is_checked_previewed_and_only_then_loaded(media: Path) -> None:
    user = holder_user()
    client = signed_in(user)

    response = upload(client, media)
    received = SheetImport.objects.get()
    assert (response.status_code, response.url) == (302, f"/patents/uploads/{received.pk}/")
    assert "等待检查" in client.get(response.url).content.decode()

    jobs.check_sheet(import_id=received.pk)
    received.refresh_from_db()
    assert (received.state, received.new_count, received.refused_count) == ("checked", 1, 1)
    assert "确认入库：新增 1，补充 0" in client.get(response.url).content.decode()
    assert Patent.objects.count() == 0

    client.post(f"/patents/uploads/{received.pk}/confirm/")
    jobs.apply_sheet(import_id=received.pk)
    received.refresh_from_db()
    assert (received.state, Patent.objects.get().holder) == ("applied", user.organisation)
    assert "已入库：新增 1 件" in client.get(response.url).content.decode()
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "上传表格", "表格正在检查", "表格已检查，待确认", "表格正在入库", "表格已入库", "导入专利",
    ]  # fmt: skip


def test_jobs_that_run_twice_do_the_work_once(media: Path) -> None:
    client = signed_in(holder_user())
    upload(client, media)
    received = SheetImport.objects.get()

    for _ in range(2):
        jobs.check_sheet(import_id=received.pk)
    client.post(f"/patents/uploads/{received.pk}/confirm/")
    for _ in range(2):
        jobs.apply_sheet(import_id=received.pk)

    assert Patent.objects.count() == 1
    assert AuditEntry.objects.filter(verb="导入专利").count() == 1


def test_error_sheet_can_be_downloaded(media: Path) -> None:
    client = signed_in(holder_user())
    upload(client, media)
    received = SheetImport.objects.get()
    jobs.check_sheet(import_id=received.pk)

    response = client.get(f"/patents/uploads/{received.pk}/errors/")

    page = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert [[cell.value for cell in row] for row in page.iter_rows()] == [
        ["专利名称", "申请号", "错误说明"],
        ["一种夹具", "201710601862.3", None],
        [
            "错位",
            "201710601862.4",
            "B 列“申请号”：申请号“201710601862.4”的校验位应为 3，填写的是 4，请核对是否有数字写错。",
        ],
    ]


def test_second_upload_of_the_same_file_says_that_nothing_changes(media: Path) -> None:
    client = signed_in(holder_user())
    for _ in range(2):
        upload(client, media, ROWS[:2])
        received = SheetImport.objects.latest("pk")
        jobs.check_sheet(import_id=received.pk)
        client.post(f"/patents/uploads/{received.pk}/confirm/")
        jobs.apply_sheet(import_id=received.pk)

    received.refresh_from_db()
    assert (received.state, received.new_count, received.unchanged_count) == ("checked", 0, 1)
    assert "没有变化" in client.get(f"/patents/uploads/{received.pk}/").content.decode()
    assert Patent.objects.count() == 1


def test_unreadable_file_fails_with_its_reason(media: Path) -> None:
    client = signed_in(holder_user())
    content = builders.locked_xlsx(media / "locked.xlsx", ROWS).read_bytes()
    client.post("/patents/uploads/", {"file": SimpleUploadedFile("清单.xlsx", content)})
    received = SheetImport.objects.get()

    jobs.check_sheet(import_id=received.pk)

    received.refresh_from_db()
    assert received.state == "failed"
    assert "文件设有打开密码" in client.get(f"/patents/uploads/{received.pk}/").content.decode()


def test_error_of_ours_does_not_leave_the_import_hanging(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(signed_in(holder_user()), media)
    received = SheetImport.objects.get()
    monkeypatch.setattr(jobs, "make_plan", lambda *_args, **_options: 1 / 0)

    jobs.check_sheet(import_id=received.pk)

    received.refresh_from_db()
    assert (received.state, received.failure) == ("failed", jobs.BROKEN)


@pytest.mark.parametrize("page", ["", "errors/", "confirm/"])
def test_sheets_of_another_organisation_do_not_exist(media: Path, page: str) -> None:
    upload(signed_in(holder_user()), media)
    received = SheetImport.objects.get()
    jobs.check_sheet(import_id=received.pk)
    before = AuditEntry.objects.count()

    for user in (holder_user(), city_user("370200")):
        client = signed_in(user)
        address = f"/patents/uploads/{received.pk}/{page}"
        response = client.post(address) if page == "confirm/" else client.get(address)
        assert response.status_code == 404

    received.refresh_from_db()
    assert (received.state, AuditEntry.objects.count()) == ("checked", before)


@pytest.mark.parametrize(("make", "status"), [(province_user, 200), (sme_user, 403)])
def test_who_may_open_the_page(make: Any, status: int) -> None:
    assert signed_in(make()).get("/patents/uploads/").status_code == status


def test_officials_of_the_city_see_the_sheets_of_their_holders(media: Path) -> None:
    upload(signed_in(holder_user()), media)

    assert "清单.xlsx" in signed_in(city_user("370100")).get("/patents/uploads/").content.decode()


def test_empty_upload_is_refused_on_the_form() -> None:
    response = signed_in(holder_user()).post("/patents/uploads/", {"file": SimpleUploadedFile("a.xlsx", b"")})

    assert response.status_code == 422
    assert "文件是空的，没有任何数据。" in response.content.decode()
    assert SheetImport.objects.count() == 0


def test_too_large_upload_is_refused(settings: Any, media: Path) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1000

    response = upload(signed_in(holder_user()), media)

    assert response.status_code == 422
    assert SheetImport.objects.count() == 0


def test_confirming_twice_is_refused(media: Path) -> None:
    client = signed_in(holder_user())
    upload(client, media)
    received = SheetImport.objects.get()
    jobs.check_sheet(import_id=received.pk)

    first = client.post(f"/patents/uploads/{received.pk}/confirm/")
    second = client.post(f"/patents/uploads/{received.pk}/confirm/")

    assert (first.status_code, second.status_code) == (302, 409)
    assert AuditEntry.objects.filter(verb="表格正在入库").count() == 1


def test_progress_part_is_sent_alone_to_htmx(media: Path) -> None:
    client = signed_in(holder_user())
    upload(client, media)
    received = SheetImport.objects.get()

    content = client.get(f"/patents/uploads/{received.pk}/", headers={"HX-Request": "true"}).content.decode()

    assert content.startswith('<div id="import-state"')
    assert 'hx-trigger="every 2s"' in content


def test_template_is_offered() -> None:
    response = signed_in(holder_user()).get("/patents/uploads/template/")

    assert load_workbook(io.BytesIO(response.content)).sheetnames == ["数据", "填写说明"]


@pytest.mark.parametrize("rows", [1, 3])
def test_upload_list_query_count(django_assert_num_queries: Any, media: Path, rows: int) -> None:
    client = signed_in(holder_user())
    for _ in range(rows):
        upload(client, media)
    client.get("/patents/uploads/")

    with django_assert_num_queries(4):
        response = client.get("/patents/uploads/")

    assert response.content.decode().count("清单.xlsx") == rows
