"""Numbers from before the portal, by sheet.

The same sheet again changes nothing; another value needs to be called a correction. A period of which the portal has
rows of its own takes none: it would be counted twice.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import F

from patents.services.moves import require_role
from portal import clock, money, regions
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Invalid
from portal.sheets import cells
from portal.sheets import services as sheets
from portal.sheets.models import SheetImport
from portal.sheets.table import Column, Problem, Table, read_table
from stats.enums.figures import RefreshKind, Split
from stats.models import HistoricFigure, IndicatorValue
from stats.periods import FIRST_YEAR
from stats.policy.definitions import Indicator
from stats.policy.spans import span_of
from stats.queries.definitions import indicator_versions
from stats.queries.numbers import newest
from stats.services.refresh import refresh

TEMPLATE_VERSION = "stats.history/1"
KIND = "stats_history"
UNDIVIDED = ("全省", "全省合计", "山东省", "省级")
_SPLITS = {label: code for code, label in Split.choices}
_QUARTERS = {str(place): place for place in range(1, 5)} | {"全年": 0, "一": 1, "二": 2, "三": 3, "四": 4}


def _place(cell: object) -> str:
    word = "".join(unicodedata.normalize("NFKC", str(cell)).split())
    return regions.PROVINCE_CODE if word in UNDIVIDED else regions.parse_city(word)


def _quarter(cell: object) -> int:
    word = cells.as_text(cell).removeprefix("第").removesuffix("季度")
    if word not in _QUARTERS:
        raise Invalid("季度应为 1 至 4；全年数不填。")
    return _QUARTERS[word]


def _number(cell: object) -> Decimal:
    value = money.parse_amount(cell)
    if value < 0:
        raise Invalid("历史数不能为负。")
    return value


COLUMNS: tuple[Column, ...] = (
    Column("indicator", "指标", cells.line(10), is_required=True, example="I11"),
    Column("year", "年份", cells.whole_number(FIRST_YEAR, 2100), is_required=True, example="2020"),
    Column("quarter", "季度", _quarter, example="", empty=0),
    Column("city_code", "所在市", _place, aliases=("市",), is_required=True, example="全省"),
    Column("split", "分项", cells.choice(_SPLITS), choices=tuple(Split.labels), example="专利", empty=""),
    Column("value", "数值", _number, is_required=True, example="125.53"),
    Column("unit", "单位", cells.line(10), is_required=True, example="亿元"),
    Column("basis", "出处", cells.line(300), is_required=True, example="2020年度统计公报"),
)
COLUMN = {column.field: column for column in COLUMNS}
Key = tuple[str, int, int, str, str]


@dataclass(frozen=True, slots=True)
class HistoryOutcome:
    """Rows that are new, corrected or stood already; nothing is written while there is a problem."""

    row: int
    new: int
    changed: int
    unchanged: int
    problems: Sequence[Problem]
    is_applied: bool

    @property
    def refused(self) -> int:
        return len({problem.row for problem in self.problems})


@transaction.atomic
def import_history(*, path: Path, file_name: str, by: User, apply: bool, corrects: bool = False) -> HistoryOutcome:
    """Check a sheet and, with `apply` and nothing against it, write it whole and compute the numbers anew.

    Raises:
        Invalid: the file is no such sheet. NotAllowed: only the province brings history.
    """
    require_role(by, Role.PROVINCE, message="历史数由省级管理人员导入。")
    table = read_table(path, COLUMNS)
    check = _Check(table, newest(indicator_versions()), corrects=corrects)
    check.run()
    is_applied = apply and not table.problems and bool(check.fresh or check.changed)
    if is_applied:
        _write(check, path, file_name, by)
    return HistoryOutcome(
        row=len(table.row_numbers),
        new=len(check.fresh),
        changed=len(check.changed),
        unchanged=check.unchanged,
        problems=tuple(table.problems),
        is_applied=is_applied,
    )


class _Check:
    """What a sheet's rows are to what stands."""

    def __init__(self, table: Table, indicators: dict[str, Indicator], *, corrects: bool) -> None:
        self.table, self.indicators, self.corrects = table, indicators, corrects
        self.standing = {
            (one.indicator, one.year, one.quarter, one.city_code, one.split): one
            for one in HistoricFigure.objects.all()
        }
        self.known: dict[Key, Decimal] = {key: one.value for key, one in self.standing.items()}
        self.own = set(
            IndicatorValue.objects.filter(split="")
            .exclude(value=F("historic"))
            .values_list("code", "year", "quarter", "city_code")
        )
        self.fresh: list[tuple[int, dict[str, Any]]] = []
        self.changed: list[tuple[int, dict[str, Any]]] = []
        self.unchanged = 0
        self.seen: set[Key] = set()

    def run(self) -> None:
        for index in range(len(self.table.row_numbers)):
            if index in self.table.refused:
                continue
            row = {column.field: self.table.values[column.field][index] for column in COLUMNS}
            row["quarter"], row["split"] = row["quarter"] or 0, row["split"] or ""
            if fault := self._fault(row):
                name, message = fault
                self.table.refuse(index, message, column=COLUMN[name], value=row[name])
            else:
                self._sort(index, row)

    def _fault(self, row: dict[str, Any]) -> tuple[str, str] | None:
        one = self.indicators.get(row["indicator"])
        if one is None or row["indicator"] not in one.history:
            return "indicator", f"没有指标“{row['indicator']}”，可填：{'、'.join(self.indicators)}。"
        if row["unit"] != one.unit:
            return "unit", f"指标 {one.code} 的单位是“{one.unit}”。"
        if row["split"] and row["split"] not in one.splits:
            return "split", f"指标 {one.code} 没有这个分项。"
        if one.measure == "stock":
            return "indicator", "期末存量由平台逐项计算，不接受历史合计数。"
        span = span_of(row["year"], row["quarter"], clock.today())
        if span.as_of >= clock.today():
            return "year", "该期尚未结束，应由平台统计。"
        return self._doubled(row)

    def _doubled(self, row: dict[str, Any]) -> tuple[str, str] | None:
        """Whether the number would be counted beside others of the same things."""
        code, year, quarter, city = row["indicator"], row["year"], row["quarter"], row["city_code"]
        place = "" if city == regions.PROVINCE_CODE else city
        if (code, year, quarter, place) in self.own:
            return "year", "平台已有该期明细，再计历史数会重复。"
        for other_code, other_year, other_quarter, other_city, other_split in self.known:
            if (other_code, other_year, other_split) != (code, year, row["split"]):
                continue
            if (quarter == 0) != (other_quarter == 0):
                return "quarter", "该指标当年已有全年数，不能再分季度；或已有季度数，不能再报全年。"
            if quarter == other_quarter and (city == regions.PROVINCE_CODE) != (other_city == regions.PROVINCE_CODE):
                return "city_code", "该期已有未分市的全省数，不能再分市；或已有分市数，不能再报全省。"
        return None

    def _sort(self, index: int, row: dict[str, Any]) -> None:
        key: Key = (row["indicator"], row["year"], row["quarter"], row["city_code"], row["split"])
        value = money.round_fen(row["value"] * self.indicators[row["indicator"]].scale)
        if key in self.seen:
            self.table.refuse(index, "表内重复：同一指标、同一期、同一市只能有一行。", column=COLUMN["indicator"])
        elif key not in self.known:
            self.fresh.append((index, row | {"value": value}))
        elif self.known[key] == value:
            self.unchanged += 1
        elif self.corrects:
            self.changed.append((index, row | {"value": value}))
        else:
            scale = self.indicators[row["indicator"]].scale
            self.table.refuse(
                index,
                f"已有的历史数是 {self.known[key] / scale:f}；确需更正的，请勾选“更正已有历史数”。",
                column=COLUMN["value"],
                value=row["value"],
            )
        self.seen.add(key)
        self.known.setdefault(key, value)


def _write(check: _Check, path: Path, file_name: str, by: User) -> None:
    table = check.table
    with path.open("rb") as stream:
        source = sheets.receive(
            kind=KIND, file=File(stream, name=file_name), file_name=file_name, organisation=by.organisation, by=by
        )
    sheets.start_apply(source)
    HistoricFigure.objects.bulk_create(
        HistoricFigure(**_columns(row), **_provenance(table, index, source)) for index, row in check.fresh
    )
    for index, row in check.changed:
        key: Key = (row["indicator"], row["year"], row["quarter"], row["city_code"], row["split"])
        figure = HistoricFigure.objects.select_for_update().get(pk=check.standing[key].pk)
        before, figure.value, figure.basis = figure.value, row["value"], row["basis"]
        for name, value in _provenance(table, index, source).items():
            setattr(figure, name, value)
        figure.save()
        record(by=by, verb="更正历史数", target=figure, before=str(before), after=str(figure.value))
    outcome = sheets.Outcome(
        sheet_name=table.sheet_name,
        row=len(table.row_numbers),
        new=len(check.fresh),
        changed=len(check.changed),
        unchanged=check.unchanged,
        blank=table.blank_count,
    )
    sheets.finish_apply(source, outcome)
    record(by=by, verb="导入历史数", target=source, new=len(check.fresh), changed=len(check.changed))
    refresh(kind=RefreshKind.CHANGES, by=by)


def _columns(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("indicator", "year", "quarter", "city_code", "split", "value", "basis")}


def _provenance(table: Table, index: int, source: SheetImport) -> dict[str, Any]:
    row = table.row_numbers[index]
    return {"source_import": source, "source_row": row, "source_cell": f"{table.letters['value']}{row}"}
