"""Sheets of legal events: previewed, recorded once, contradictions told by row."""

import datetime as dt

import pytest

from patents.imports.events import import_event_file, read_event_sheet
from patents.imports.jobs import apply_sheet, check_sheet
from patents.models import LegalEvent
from portal.sheets.models import SheetImport
from tests.factories.accounts import city_user, province_user
from tests.factories.patents import PatentFactory
from tests.real_data import shared_file
from tests.sheets import builders

pytestmark = pytest.mark.django_db
HEADER = ["申请号", "法律状态", "法律状态公告日", "登记号", "许可种类", "质权人"]
NUMBER = "201710601862.3"


@pytest.fixture
def patent():
    return PatentFactory(number="201710601862", check_digit="3")


def load(tmp_path, *rows, by=None, dry_run=False):
    path = builders.xlsx(tmp_path / "events.xlsx", [HEADER, *rows])
    return import_event_file(path=path, by=by, dry_run=dry_run, progress=lambda _done, _total: None)


def test_events_are_recorded_with_their_source_in_the_order_of_the_days(tmp_path, patent):
    outcome = load(
        tmp_path,
        [NUMBER, "专利权质押合同登记的注销", "2026.06.01", "Y1", "", ""],
        [NUMBER, "PE01", "20260302", "Y1", "", "某银行"],
        by=province_user(),
    )

    assert (outcome.row, outcome.new, outcome.conflict, outcome.refused) == (2, 2, 0, 0)
    events = LegalEvent.objects.order_by("on").values_list("code", "on", "source", "source_row", "facts")
    assert list(events) == [
        ("PE01", dt.date(2026, 3, 2), "sheet", 3, {"pledgee": "某银行"}),
        ("PC01", dt.date(2026, 6, 1), "sheet", 2, {}),
    ]
    patent.refresh_from_db()
    assert patent.overlays == []


def test_the_same_sheet_again_changes_nothing(tmp_path, patent):
    rows = [[NUMBER, "专利权质押登记", "2026-03-02", "Y1", "", ""]]
    load(tmp_path, *rows)
    imports = SheetImport.objects.count()

    again = load(tmp_path, *rows)

    assert (again.new, again.unchanged, LegalEvent.objects.count(), SheetImport.objects.count()) == (0, 1, 1, imports)


def test_contradictions_are_told_by_row_and_change_nothing(tmp_path, patent):
    load(tmp_path, [NUMBER, "专利权质押登记", "2026-03-02", "Y1", "", ""])

    outcome = load(
        tmp_path,
        [NUMBER, "专利权质押登记", "2026-04-02", "Y2", "", ""],
        [NUMBER, "专利权保全", "2026-01-02", "", "", ""],
        [NUMBER, "专利实施许可合同备案", "2026-05-02", "L1", "", ""],
        ["97101765.4", "授权", "2026-05-02", "", "", ""],
        [NUMBER, "看不懂的事件", "2026-05-02", "", "", ""],
    )

    assert (outcome.new, outcome.conflict, outcome.refused) == (0, 2, 3)
    messages = {problem.row: problem.message for problem in outcome.problems}
    assert messages[2] == "该专利自 2026-03-02 起已是“已质押”（Y1），须先登记其解除。"
    assert messages[3] == "事件日期 2026-01-02 早于该专利最近一次法律事件（2026-03-02），不能补记在其之前。"
    assert messages[4] == "许可备案须写明许可种类：独占许可、排他许可或者普通许可。"
    assert messages[5] == "库中没有这件专利。"
    assert LegalEvent.objects.count() == 1


def test_a_citys_sheet_stays_in_its_city(tmp_path, patent):
    outcome = load(tmp_path, [NUMBER, "专利权质押登记", "2026-03-02", "", "", ""], by=city_user("370200"))

    assert (outcome.new, outcome.refused, LegalEvent.objects.count()) == (0, 1, 0)


def test_the_offices_own_search_result_is_read():
    path = shared_file("imports/legal_status_gazette.xls")

    table = read_event_sheet(path)

    assert (len(table.row_numbers), len(table.refused)) == (751, 0)
    assert table.values["code"][:2] == ["PB01", "PB01"]


def test_an_official_uploads_events_and_confirms(client, tmp_path, patent):
    client.force_login(province_user())
    path = builders.xlsx(tmp_path / "e.xlsx", [HEADER, [NUMBER, "专利权质押登记", "2026-03-02", "Y1", "", ""]])
    with path.open("rb") as stream:
        client.post("/patents/uploads/", {"file": stream, "kind": "events"})
    received = SheetImport.objects.get()
    check_sheet(import_id=received.pk)
    client.post(f"/patents/uploads/{received.pk}/confirm/")
    apply_sheet(import_id=received.pk)
    apply_sheet(import_id=received.pk)

    received.refresh_from_db()
    assert (received.kind, received.state, received.new_count) == ("patents.legal_events", "applied", 1)
    assert LegalEvent.objects.get().source_import == received
