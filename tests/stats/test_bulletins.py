"""Bulletins: frozen, checked, sent, received, corrected; their files hold the frozen numbers and nothing else."""

import datetime as dt
import io
import json
import shutil
import subprocess
import zipfile
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from django.db import InternalError, transaction
from docx import Document

from portal import clock
from portal.accounts.enums import OrganisationKind
from portal.audit.models import AuditEntry
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.models import Notice
from stats.documents.excel import excel_of
from stats.documents.word import word_of
from stats.enums.figures import RefreshKind
from stats.models import Bulletin, IndicatorValue
from stats.policy.bulletins import canonical, changes_between, checksum_of, in_unit, ranking
from stats.services import Text, freeze_bulletin, receive_bulletin, refresh, revise_bulletin, send_bulletin
from tests.factories.accounts import city_user, province_user, sme_user
from tests.stats.loans import loan

pytestmark = pytest.mark.django_db
TEXT = Text("关于 2025 年专利转化运用指标情况的通报", "开头。", "要求。")


def frozen(by=None):
    loan("370100", "2025-02-03", "1000000.00")
    loan("370200", "2024-03-03", "400000.00")
    refresh(kind=RefreshKind.ALL)
    return freeze_bulletin(by=by or province_user(), year=2025, quarter=0, text=TEXT)


def of(numbers, code):
    return next(one for one in numbers["indicators"] if one["code"] == code)


def test_the_set_holds_province_ranks_growth_and_key_cities():
    made = frozen()

    amount = of(made.numbers, "I11")
    assert amount["province"] == {
        "city": "", "name": "全省", "value": "1000000.00", "before": "400000.00", "growth": "1.5000",
        "flagged": "0.00", "historic": "0.00",
    }  # fmt: skip
    assert [(line["name"], line["rank"]) for line in amount["cities"][:2]] == [("济南市", 1), ("青岛市", 2)]
    assert amount["mean"] == "62500.00"
    keys = [line for line in made.numbers["key_cities"] if line["code"] == "I11"]
    assert [(line["name"], line["is_above"]) for line in keys] == [
        ("济南市", True), ("青岛市", False), ("烟台市", False),
    ]  # fmt: skip
    assert made.checksum == checksum_of(made.numbers) == checksum_of(json.loads(canonical(made.numbers)))


def test_equal_values_share_a_rank():
    assert ranking({"a": Decimal(3), "b": Decimal(5), "c": Decimal(3), "d": Decimal(1)}) == {
        "a": 2,
        "b": 1,
        "c": 2,
        "d": 4,
    }


@pytest.mark.parametrize("change", [{"numbers": {}}, {"checksum": "0" * 64}, {"title": "x"}])
def test_the_database_keeps_what_is_frozen(change):
    made = frozen()

    with pytest.raises(InternalError, match="frozen"), transaction.atomic():
        Bulletin.objects.filter(pk=made.pk).update(**change)

    assert checksum_of(Bulletin.objects.get(pk=made.pk).numbers) == made.checksum


def test_a_period_has_one_bulletin_and_only_the_province_freezes():
    made = frozen()

    with pytest.raises(Conflict):
        freeze_bulletin(by=made.frozen_by, year=2025, quarter=0, text=TEXT)
    with pytest.raises(NotAllowed):
        freeze_bulletin(by=city_user("370100"), year=2025, quarter=1, text=TEXT)
    with pytest.raises(Invalid) as refusal:
        freeze_bulletin(by=made.frozen_by, year=2025, quarter=1, text=replace(TEXT, title=" "))
    assert refusal.value.field == "title"
    assert Bulletin.objects.count() == 1


def test_a_bulletin_needs_computed_numbers():
    with pytest.raises(Invalid, match="尚无统计数"):
        freeze_bulletin(by=province_user(), year=2025, quarter=0, text=TEXT)


def test_a_later_loan_changes_no_frozen_number_and_a_revision_shows_before_and_after():
    made = frozen()
    before = canonical(made.numbers)
    loan("370100", "2025-06-03", "500000.00")
    refresh(kind=RefreshKind.ALL)

    revision = revise_bulletin(bulletin_id=made.pk, by=made.frozen_by, reason="银行补报一笔贷款")

    made.refresh_from_db()
    assert (made.state, canonical(made.numbers)) == ("replaced", before)
    assert (revision.ref, revision.revises_id, revision.state) == (f"{made.ref}-G1", made.pk, "frozen")
    changed = {(row["code"], row["name"], row["what"]): (row["before"], row["after"]) for row in revision.changes}
    assert changed["I11", "全省", "数值"] == ("0.01", "0.02")
    assert changed["I12", "济南市", "数值"] == ("1", "2")
    assert ("I11", "青岛市", "数值") not in changed
    with pytest.raises(WrongState):
        revise_bulletin(bulletin_id=made.pk, by=made.frozen_by, reason="再次")


@pytest.mark.parametrize(("reason", "message"), [(" ", "请写明更正原因"), ("无", "没有需要更正的内容")])
def test_a_revision_needs_a_reason_and_a_change(reason, message):
    made = frozen()

    with pytest.raises(Invalid, match=message):
        revise_bulletin(bulletin_id=made.pk, by=made.frozen_by, reason=reason)

    assert list(Bulletin.objects.values_list("pk", "state")) == [(made.pk, "frozen")]


def test_it_is_sent_once_to_each_city_which_confirms_it_once():
    jinan, qingdao = city_user("370100"), city_user("370200")
    made = frozen()

    send_bulletin(bulletin_id=made.pk, by=made.frozen_by)
    receipt = receive_bulletin(bulletin_id=made.pk, by=jinan)

    assert jinan.organisation.kind == OrganisationKind.AUTHORITY_CITY
    assert (receipt.organisation, receipt.received_by) == (jinan.organisation, jinan)
    assert list(made.receipts.order_by("organisation__city_code").values_list("organisation__city_code", "state")) == [
        ("370100", "received"), ("370200", "waiting"),
    ]  # fmt: skip
    assert Notice.objects.filter(kind="stats.bulletin").count() == 2
    assert AuditEntry.objects.filter(verb__in=["发出通报", "签收通报"]).count() == 2
    with pytest.raises(WrongState):
        receive_bulletin(bulletin_id=made.pk, by=jinan)
    with pytest.raises(WrongState):
        send_bulletin(bulletin_id=made.pk, by=made.frozen_by)
    with pytest.raises(NotAllowed):
        receive_bulletin(bulletin_id=made.pk, by=sme_user())
    assert Bulletin.objects.visible_to(qingdao).get() == made


def test_a_city_sees_nothing_before_it_is_sent():
    jinan = city_user("370100")
    made = frozen()

    assert not Bulletin.objects.visible_to(jinan).exists()
    with pytest.raises(NotFound):
        receive_bulletin(bulletin_id=made.pk, by=jinan)


def test_files_are_made_again_byte_for_byte_after_the_numbers_moved_on():
    made = frozen()
    first = word_of(made), excel_of(made)
    loan("370100", "2025-06-03", "500000.00")
    refresh(kind=RefreshKind.ALL)

    again = Bulletin.objects.get(pk=made.pk)

    assert (word_of(again), excel_of(again)) == first


def test_word_says_the_frozen_numbers():
    made = frozen()

    document = Document(io.BytesIO(word_of(made)))

    province = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in document.tables[0].rows}
    assert province["I12"] == ["专利质押融资项目", "项", "1", "1", "0.0%", "0"]
    assert province["I11"][2:5] == [
        in_unit(of(made.numbers, "I11"), value) for value in ("1000000.00", "400000.00")
    ] + ["150.0%"]
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert made.checksum in text
    assert "{{" not in text
    assert "{%" not in text


def test_excel_holds_numbers_charts_and_the_checksum():
    made = frozen()

    book = openpyxl.load_workbook(io.BytesIO(excel_of(made)))

    assert book.sheetnames == ["说明", "全省指标", "各市", "图表", "目标进度", "重点城市"]
    assert len(book["图表"]._charts) == 4
    lines = {row[0]: row[3:6] for row in book["全省指标"].iter_rows(min_row=2, values_only=True)}
    assert lines["I12"] == (1, 1, 0)
    assert made.checksum in [row[1] for row in book["说明"].iter_rows(values_only=True)]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_libreoffice_opens_the_workbook_and_keeps_its_charts(tmp_path):
    source = tmp_path / "bulletin.xlsx"
    source.write_bytes(excel_of(frozen()))

    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "ods", "--outdir", tmp_path, source],
        check=True,
        timeout=120,
    )  # fmt: skip

    with zipfile.ZipFile(tmp_path / "bulletin.ods") as made:
        assert sum(name.endswith("/content.xml") for name in made.namelist()) >= 4


def test_changes_name_each_number_that_differs_and_no_other():
    made = frozen()
    other = json.loads(canonical(made.numbers))
    of(other, "I12")["cities"][0]["value"] = "7.00"

    assert changes_between(made.numbers, made.numbers) == []
    assert changes_between(made.numbers, other) == [
        {"code": "I12", "title": "专利质押融资项目", "name": "济南市", "what": "数值", "before": "1", "after": "7"}
    ]


def test_pages_of_province_and_city(client):
    jinan, other = city_user("370100"), city_user("370200")
    made = frozen()
    address = made.get_absolute_url()
    client.force_login(made.frozen_by)
    client.post(f"{address}send/")
    made.receipts.filter(organisation=other.organisation).delete()

    client.force_login(jinan)
    answers = [
        client.get(f"{address}{end}").status_code for end in ("", "file.docx", "file.xlsx", "file.json", "file.exe")
    ]
    assert answers == [200, 200, 200, 200, 404]
    assert client.get(f"{address}file.json").content == canonical(made.numbers)
    client.post(f"{address}receive/")
    assert made.receipts.get().received_by == jinan
    client.force_login(other)
    assert client.get(address).status_code == 404


def test_new_bulletin_page_offers_the_last_quarter_and_refuses_without_numbers(client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2026, 11, 30, 10, tzinfo=clock.SHANGHAI))
    client.force_login(province_user())
    page = client.get("/stats/bulletins/new/")

    refused = client.post("/stats/bulletins/new/", {"title": "通报", "year": 2026, "quarter": 3})

    assert page.context["form"].initial["quarter"] == 3
    assert (refused.status_code, refused.context["form"].errors) == (
        422, {"year": ["该期尚无统计数，请先更新统计。"]},
    )  # fmt: skip
    assert not IndicatorValue.objects.exists()
