"""Sheets of needs, in both layouts of the real files."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from demand.imports.needs import cooperation_way, end_of_period, import_demands, industries
from demand.models import Demand
from portal.audit.models import AuditEntry
from portal.errors import Invalid
from portal.outbox.models import Event
from portal.sheets.models import SheetImport
from tests.factories.accounts import OrganisationFactory, city_user
from tests.real_data import shared_file
from tests.sheets import builders

HEADER = ["需求名称", "发布日期", "行业", "合作方式", "有效期", "需求描述"]
TORCH = [
    "手电筒红外开关", "2020-01-13", "制造业建筑业", "技术转让,技术许可", "2020-01-1310:49:39.0至2021-01-1310:49:41.0",
    "现有手电筒的开关是机械式，非常容易损坏，需要红外控制。",
]  # fmt: skip


def load(path: Path, **options: Any) -> dict[str, int]:
    counts = import_demands(path=path, **{"city_code": "370900", **options}).counts()
    return {name: counts[name] for name in counts if counts[name]}


def sheet(tmp_path: Path, *rows: list[str], header: list[str] = HEADER) -> Path:
    return builders.xlsx(tmp_path / f"{len(list(tmp_path.iterdir()))}.xlsx", [header, *rows])


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2020-01-1310:49:39.0至2021-01-1310:49:41.0", dt.date(2021, 1, 13)),
        ("2020-01-13至2021-01-13", dt.date(2021, 1, 13)),
        ("2020-01-13 10:49 至 2021-01-13 10:49", dt.date(2021, 1, 13)),
        ("2020-01-13至", None),
        ("至", None),
        ("2021年1月13日", dt.date(2021, 1, 13)),
    ],
)
def test_end_of_period(text: str, end: dt.date | None) -> None:
    assert end_of_period(text) == end


@pytest.mark.parametrize("text", ["2021-01-13至2020-01-13", "长期", "2020-01-13至长期", "2020-13-01至2021-01-13"])
def test_end_of_period_refuses(text: str) -> None:
    with pytest.raises(Invalid):
        end_of_period(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("制造业", "制造业"),
        (
            "制造业电力、热力、燃气、及水生产和供应业建筑业批发和零售业",
            "制造业；电力、热力、燃气、及水生产和供应业；建筑业；批发和零售业",
        ),
        ("制造业,制造业", "制造业"),
        ("制造业和其他", "制造业和其他"),
        ("新材料", "新材料"),
    ],
)
def test_industries(text: str, names: str) -> None:
    assert industries(text) == names


@pytest.mark.parametrize(
    ("text", "way"),
    [("技术转让", "transfer"), ("技术入股", "investment"), ("其他", "any"), ("技术转让,委托开发", "any")],
)
def test_cooperation_way(text: str, way: str) -> None:
    assert cooperation_way(text) == way


@pytest.mark.django_db
class TestImport:
    def test_row_becomes_a_published_need_that_waits_for_matching(self, tmp_path: Path) -> None:
        official = city_user("370900")

        assert load(sheet(tmp_path, TORCH)) == {"row": 1, "new": 1}

        demand = Demand.objects.get()
        received = SheetImport.objects.get()
        assert (demand.title, demand.description, demand.industry_name) == (TORCH[0], TORCH[5], "制造业；建筑业")
        assert (demand.cooperation_way, demand.posted_on, demand.wanted_by) == (
            "any", dt.date(2020, 1, 13), dt.date(2021, 1, 13),
        )  # fmt: skip
        assert (demand.state, demand.match_state, demand.city_code) == ("published", "waiting", "370900")
        assert (demand.organisation, demand.source_import, demand.source_row) == (None, received, 2)
        assert (received.organisation, received.state) == (official.organisation, "applied")
        assert list(Event.objects.values_list("name", flat=True)) == ["demand.needs.imported"]

    def test_second_import_leaves_no_trace(self, tmp_path: Path) -> None:
        load(sheet(tmp_path, TORCH))
        before = SheetImport.objects.count(), Event.objects.count(), AuditEntry.objects.count()

        assert load(sheet(tmp_path, TORCH)) == {"row": 1, "unchanged": 1}
        assert (SheetImport.objects.count(), Event.objects.count(), AuditEntry.objects.count()) == before
        assert Demand.objects.count() == 1

    def test_same_name_with_another_text_is_another_need(self, tmp_path: Path) -> None:
        other = [*TORCH[:5], "现有手电筒的电池寿命短，需要提高到一百小时以上。"]

        assert load(sheet(tmp_path, TORCH, TORCH, other)) == {"row": 3, "new": 2, "repeated": 1}
        assert list(Demand.objects.order_by("pk").values_list("source_row", flat=True)) == [2, 4]

    def test_empty_text_is_refused_and_short_text_noted(self, tmp_path: Path) -> None:
        path = sheet(tmp_path, ["无描述", *TORCH[1:5], ""], ["短", *TORCH[1:5], "要快"], ["", "", "", "", "至", ""])

        outcome = import_demands(path=path, city_code="370900")

        assert [str(problem) for problem in outcome.problems] == [
            "第 2 行 F 列“需求描述”：“需求描述”没有填写。",
            "第 4 行 A 列“需求名称”：“需求名称”没有填写。",
            "第 4 行 F 列“需求描述”：“需求描述”没有填写。",
            "第 3 行 F 列“需求描述”：描述不足 20 个字，匹配可能不准。",
        ]
        assert (outcome.new, outcome.refused, outcome.warning) == (1, 2, 1)

    def test_needs_of_a_firm(self, tmp_path: Path) -> None:
        firm = OrganisationFactory(city_code="370900")

        load(sheet(tmp_path, TORCH), organisation=firm)

        assert Demand.objects.get().organisation == firm
        with pytest.raises(Invalid, match="不在该市"):
            load(sheet(tmp_path, TORCH), organisation=firm, city_code="370100")

    def test_dry_run_writes_nothing(self, tmp_path: Path) -> None:
        assert load(sheet(tmp_path, TORCH), dry_run=True) == {"row": 1, "new": 1}
        assert (Demand.objects.count(), SheetImport.objects.count()) == (0, 0)

    def test_command(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = str(sheet(tmp_path, TORCH))
        with pytest.raises(CommandError, match="“北京”不是山东省的设区市"):
            call_command("import_demands", path, "--city", "北京")

        call_command("import_demands", path, "--city", "泰安")

        assert capsys.readouterr().out.startswith("导入完成。共 1 行：新增 1，")

    def test_real_needs_of_the_technology_market(self) -> None:
        path = shared_file("demands/sme_demands.csv")

        same = {"row": 1849, "repeated": 180, "refused": 5, "warning": 164}
        assert load(path) == same | {"new": 1664}
        assert load(path) == same | {"unchanged": 1664}

    def test_real_difficulties_of_the_contest(self) -> None:
        assert load(shared_file("demands/enterprise_difficulties.csv")) == {
            "row": 350, "new": 322, "repeated": 22, "refused": 6, "warning": 3,
        }  # fmt: skip
        assert not Demand.objects.filter(description__contains="\\n").exists()
