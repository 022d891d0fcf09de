import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from patents.imports import recognitions
from patents.models import Recognition
from portal.audit.models import AuditEntry
from portal.outbox.models import Event
from portal.sheets import services as sheets
from portal.sheets.models import SheetImport
from tests.factories.accounts import OrganisationFactory, city_user, province_user, valid_uscc
from tests.sheets import builders

pytestmark = pytest.mark.django_db
HEADER = ["企业名称", "统一社会信用代码", "所在市", "认定类型", "认定文号", "认定日期", "有效期至"]


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def row(n, **changes):
    values = {
        "name": f"岚溪{n}有限公司", "uscc": valid_uscc(700 + n), "city": "济南市", "kind": "省级知识产权示范企业",
        "document": "试验〔2022〕1号", "granted": "2022-03-01", "until": "2025-02-28",
    } | changes  # fmt: skip
    return list(values.values())


def sheet(tmp_path, *rows):
    return builders.xlsx(tmp_path / "list.xlsx", [HEADER, *rows])


def received(tmp_path, by, *rows):
    content = sheet(tmp_path, *rows).read_bytes()
    file = SimpleUploadedFile("名单.xlsx", content)
    return sheets.receive(kind=recognitions.KIND, file=file, file_name=file.name, organisation=by.organisation, by=by)


def load(tmp_path, by, *rows):
    found = received(tmp_path, by, *rows)
    recognitions.check_sheet(import_id=found.pk)
    sheets.confirm(import_id=found.pk, by=by)
    recognitions.apply_sheet(import_id=found.pk)
    found.refresh_from_db()
    return found


def test_list_becomes_recognitions_with_their_source(tmp_path):
    firm = OrganisationFactory(uscc=valid_uscc(701))

    found = load(tmp_path, province_user(), row(1), row(2, kind="知识产权标准化管理企业", until=""))

    rows = Recognition.objects.order_by("source_row")
    assert found.state == "applied"
    assert [(r.uscc, r.kind, r.state, r.valid_until, r.source_row, r.organisation) for r in rows] == [
        (firm.uscc, "provincial_demo", "recognised", dt.date(2025, 2, 28), 2, firm),
        (valid_uscc(702), "ip_standard", "recognised", None, 3, None),
    ]
    assert {r.source_import for r in rows} == {found}
    assert Event.objects.get(name="patents.recognitions.imported").payload["new"] == 2


def test_second_upload_changes_nothing(tmp_path):
    by = province_user()
    load(tmp_path, by, row(1))

    again = received(tmp_path, by, row(1), row(1))
    recognitions.check_sheet(import_id=again.pk)

    again.refresh_from_db()
    assert (again.new_count, again.unchanged_count, again.repeated_count) == (0, 1, 1)
    assert Recognition.objects.count() == 1


def test_what_stands_is_not_overwritten(tmp_path):
    by = province_user()
    load(tmp_path, by, row(1))

    plan = recognitions.make_plan(sheet(tmp_path, row(1, document="另一文号"), row(3)))

    assert [str(problem) for problem in plan.conflicts] == [
        "第 2 行 E 列“认定文号”：库中同一认定的“认定文号”为“试验〔2022〕1号”，未作改动。"
    ]
    assert [number for number, _ in plan.new] == [3]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "第 2 行 A 列“企业名称”：“企业名称”没有填写。"),
        ({"city": "杭州市"}, "第 2 行 C 列“所在市”：“杭州市”不是山东省的设区市。"),
        ({"granted": "2999-01-01"}, "第 2 行 F 列“认定日期”：日期“2999-01-01”不在合理范围内。"),
        ({"granted": "2099-01-01"}, "第 2 行 F 列“认定日期”：认定日期晚于今天。"),
        ({"until": "2022-03-01"}, "第 2 行 G 列“有效期至”：有效期应晚于认定日期。"),
    ],
)
def test_bad_row_is_refused_by_its_cell(tmp_path, changes, message):
    plan = recognitions.make_plan(sheet(tmp_path, row(1, **changes), row(2)))

    outcome = plan.outcome()
    assert (outcome.new, outcome.refused, [str(problem) for problem in outcome.problems]) == (1, 1, [message])


def test_city_brings_its_own_firms_alone(tmp_path):
    by = city_user("370900")

    found = received(tmp_path, by, row(1), row(2, city="泰安"))
    recognitions.check_sheet(import_id=found.pk)

    found.refresh_from_db()
    assert (found.new_count, found.refused_count, found.problems[0]["message"]) == (1, 1, "该企业不在本市。")


def test_file_that_is_no_list_fails_with_its_reason_and_nothing_written(tmp_path):
    by = province_user()
    content = builders.xlsx(tmp_path / "x.xlsx", [["甲", "乙"], [1, 2]]).read_bytes()
    found = sheets.receive(
        kind=recognitions.KIND, file=SimpleUploadedFile("x.xlsx", content), file_name="x.xlsx", organisation=None, by=by
    )
    entries = AuditEntry.objects.count()

    recognitions.check_sheet(import_id=found.pk)

    found.refresh_from_db()
    assert (found.state, "没有找到表头" in found.failure, Recognition.objects.count()) == ("failed", True, 0)
    assert AuditEntry.objects.count() == entries + 2  # checking, failed


def test_official_uploads_previews_and_confirms_on_the_pages(client, tmp_path, django_capture_on_commit_callbacks):
    client.force_login(province_user())
    file = SimpleUploadedFile("名单.xlsx", sheet(tmp_path, row(1), row(2, city="杭州")).read_bytes())

    client.post(reverse("patents:recognition_upload"), {"file": file})
    found = SheetImport.objects.get()
    recognitions.check_sheet(import_id=found.pk)
    preview = client.get(reverse("patents:recognition_import", args=[found.pk])).content.decode()
    client.post(reverse("patents:recognition_confirm", args=[found.pk]))
    recognitions.apply_sheet(import_id=found.pk)

    assert "确认写入 1 项" in preview
    assert "不是山东省的设区市" in preview
    assert Recognition.objects.count() == 1
    errors = client.get(reverse("patents:recognition_errors", args=[found.pk]))
    assert b"".join(errors.streaming_content)[:2] == b"PK"
    assert client.get(reverse("patents:recognition_template")).status_code == 200


def test_import_of_another_city_is_not_found(client, tmp_path):
    found = received(tmp_path, city_user("370900"), row(1))
    client.force_login(city_user("370100"))

    assert client.get(reverse("patents:recognition_import", args=[found.pk])).status_code == 404
