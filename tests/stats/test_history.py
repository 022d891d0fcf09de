"""Numbers from before the portal, by sheet."""

from decimal import Decimal

import pytest

from portal.errors import NotAllowed
from portal.sheets.writing import export_workbook
from stats.enums.figures import RefreshKind
from stats.imports.history import COLUMNS, import_history
from stats.models import CountedRow, HistoricFigure, IndicatorValue
from stats.services import refresh
from tests.factories.accounts import city_user, province_user
from tests.stats.loans import loan

pytestmark = pytest.mark.django_db
HEADINGS = [column.heading for column in COLUMNS]
BASELINE = ["I11", 2020, "", "全省", "专利", "125.53", "亿元", "公报"]
TRADEMARKS = ["I11A", 2020, "", "全省", "商标", "101.46", "亿元", "公报"]


@pytest.fixture
def bring(tmp_path):
    def send(*lines, by=None, **options):
        path = tmp_path / "history.xlsx"
        path.write_bytes(export_workbook(HEADINGS, lines))
        return import_history(path=path, file_name="历史.xlsx", by=by or province_user(), apply=True, **options)

    return send


def value(code, year, city=""):
    return IndicatorValue.objects.get(code=code, year=year, quarter=0, city_code=city, split="")


def test_the_baseline_keeps_patents_and_all_pledges_apart(bring):
    outcome = bring(BASELINE, TRADEMARKS)

    assert (outcome.new, outcome.is_applied, outcome.problems) == (2, True, ())
    assert value("I11", 2020).value == Decimal("12553000000.00")
    assert value("I11A", 2020).value == Decimal("22699000000.00")
    assert value("I11A", 2020).historic == value("I11A", 2020).value
    row = CountedRow.objects.get(indicator="I11")
    assert (row.source_import.file_name, row.source_row, row.source_cell) == ("历史.xlsx", 2, "F2")
    assert row.source_import.state == "applied"


def test_history_is_the_base_of_growth(bring):
    loan("370100", "2025-02-03", "300000000.00")
    bring(["I11", 2024, "", "济南", "专利", "2", "亿元", "年报"])

    assert value("I11", 2025, "370100").before == Decimal("200000000.00")


def test_the_same_sheet_again_changes_nothing(bring):
    bring(BASELINE)

    again = bring(BASELINE)

    assert (again.new, again.unchanged, again.is_applied) == (0, 1, False)
    assert HistoricFigure.objects.count() == 1


def test_another_value_is_refused_unless_called_a_correction(bring):
    bring(BASELINE)
    other = [*BASELINE[:5], "125.60", *BASELINE[6:]]

    refused = bring(other)
    corrected = bring(other, corrects=True)

    assert str(refused.problems[0]) == (
        "第 2 行 F 列“数值”：已有的历史数是 125.53；确需更正的，请勾选“更正已有历史数”。"
    )
    assert (corrected.changed, corrected.is_applied) == (1, True)
    assert value("I11", 2020).value == Decimal("12560000000.00")
    assert HistoricFigure.objects.get().versions.get().value == Decimal("12553000000.00")


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (["I99", 2020, "", "全省", "", "1", "件", "x"], "A 列“指标”"),
        (["S05", 2020, "", "全省", "", "1", "件", "x"], "A 列“指标”"),
        (["I11", 2020, "", "全省", "专利", "1", "万元", "x"], "G 列“单位”"),
        (["I11", 2020, "", "全省", "商标", "1", "亿元", "x"], "E 列“分项”"),
        (["I11", 2026, "", "全省", "专利", "1", "亿元", "x"], "B 列“年份”"),
        (["I11", 2025, "", "济南", "专利", "1", "亿元", "x"], "B 列“年份”"),
        (["I11", 2020, "5", "全省", "专利", "1", "亿元", "x"], "C 列“季度”"),
        (["I11", 2020, "", "南京", "专利", "1", "亿元", "x"], "D 列“所在市”"),
        (["I11", 2020, "", "全省", "专利", "-1", "亿元", "x"], "F 列“数值”"),
    ],
)
def test_what_cannot_be_is_refused_naming_the_cell_and_nothing_is_written(bring, line, place):
    loan("370100", "2025-02-03", "1000000.00")
    refresh(kind=RefreshKind.ALL)

    outcome = bring(BASELINE, line)

    assert [str(problem).partition("：")[0] for problem in outcome.problems] == [f"第 3 行 {place}"]
    assert not HistoricFigure.objects.exists()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (["I11", 2020, "1", "全省", "专利", "1", "亿元", "x"], "已有全年数"),
        (["I11", 2020, "", "济南", "专利", "1", "亿元", "x"], "未分市的全省数"),
        (BASELINE, "表内重复"),
    ],
)
def test_nothing_is_counted_twice(bring, line, message):
    outcome = bring(BASELINE, line)

    assert message in outcome.problems[0].message
    assert not HistoricFigure.objects.exists()


def test_only_the_province_brings_history(bring):
    with pytest.raises(NotAllowed):
        bring(BASELINE, by=city_user("370100"))


def test_page_checks_and_imports(client, tmp_path):
    path = tmp_path / "history.xlsx"
    path.write_bytes(export_workbook(HEADINGS, [BASELINE]))
    client.force_login(province_user())

    with path.open("rb") as file:
        checked = client.post("/stats/history/", {"file": file, "check": "1"})
    with path.open("rb") as file:
        client.post("/stats/history/", {"file": file, "import": "1"})

    assert (checked.context["outcome"].new, checked.context["outcome"].is_applied) == (1, False)
    assert HistoricFigure.objects.get().value == Decimal("12553000000.00")
