"""The dashboard from stored numbers alone: a fixed number of queries, whatever was counted."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from patents.enums.deals import PartyKind
from portal import clock, regions
from stats.models import IndicatorValue, PatentFlow, RefreshRun
from stats.policy.charts import Column, Flows, Tile, columns, flows, tile_map
from stats.policy.definitions import Indicator
from stats.policy.targets import Assessment
from stats.queries.definitions import indicator_versions
from stats.queries.numbers import (
    Number,
    assessments,
    last_refresh,
    newest,
    province_years,
    sees_all,
    shown_numbers,
    values_of,
)

HEADLINES = ("I01", "I02", "I03", "I07", "I11", "I12")
TRENDS = ("I01", "I03", "I11", "I12")
MAPPED = ("I01", "I12", "I11", "I03", "I07", "S05")
POOLS = ("S05", "S06", "S10")
ELSEWHERE = "外省"


@dataclass(frozen=True, slots=True)
class Trend:
    """One indicator over the years."""

    indicator: Indicator
    columns: list[Column]
    numbers: list[Number]

    @property
    def width(self) -> int:
        return 28 + 68 * len(self.columns)


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the dashboard as its reader sees it."""

    year: int
    quarter: int
    headlines: list[Number]
    targets: list[Assessment]
    trends: list[Trend]
    mapped: Indicator
    tiles: list[Tile]
    city_numbers: list[Number]
    flows: Flows
    flow_rows: list[tuple[str, str, int]]
    pools: list[Number]
    provinces: list[Number]
    refreshed: RefreshRun | None
    shows_cities: bool


def board(*, year: int, quarter: int, mapped: str, user: Any) -> Board | None:
    """The dashboard for a period; None before the first refresh. Seven queries."""
    versions, today = indicator_versions(), clock.today()
    run = last_refresh()
    stored = list(values_of(year, quarter))
    if run is None or not stored or mapped not in versions:
        return None
    years = list(province_years())
    cities = stored if (year, quarter) == (today.year, 0) else list(values_of(today.year, 0))
    numbers = shown_numbers(stored, versions, user)
    province = {number.indicator.code: number for number in numbers if not number.stored.city_code}
    on_map = [number for number in numbers if number.indicator.code == mapped and number.stored.city_code]
    rows = _flow_rows(year)
    return Board(
        year=year,
        quarter=quarter,
        headlines=[province[code] for code in HEADLINES if code in province],
        targets=assessments(versions, years, cities, today),
        trends=_trends(shown_numbers(years, versions, user), today),
        mapped=newest(versions)[mapped],
        tiles=_tiles(on_map),
        city_numbers=sorted(on_map, key=lambda number: number.stored.city_code),
        flows=flows(rows),
        flow_rows=rows,
        pools=[province[code] for code in POOLS if code in province],
        provinces=list(province.values()),
        refreshed=run,
        shows_cities=sees_all(user),
    )


def _tiles(numbers: list[Number]) -> list[Tile]:
    hidden = "不公开"
    return tile_map(
        (
            number.stored.city_code,
            number.city_name,
            number.stored.value if number.is_shown else Decimal(0),
            number.value if number.is_shown else hidden,
        )
        for number in numbers
    )


def _trends(numbers: list[Number], today: dt.date) -> list[Trend]:
    found = []
    for code in TRENDS:
        mine = [number for number in numbers if number.indicator.code == code and number.is_shown]
        bars = [
            (
                f"{number.stored.year}",
                number.stored.value,
                _short(number.indicator, number.stored),
                number.stored.year == today.year,
            )
            for number in mine
        ]
        if mine:
            found.append(Trend(mine[-1].indicator, columns(bars), mine))
    return found


def _short(one: Indicator, stored: IndicatorValue) -> str:
    return f"{one.in_unit(stored.value):,.1f}" if one.is_money else one.shown(stored.value)


def _flow_rows(year: int) -> list[tuple[str, str, int]]:
    """From (kind and city of the holder), to (the firm's city), how many; one query."""
    labels: dict[str, str] = dict(PartyKind.choices)
    return [
        (f"{_city(flow.giver_city)}{labels[flow.giver_kind]}", _city(flow.city_code), flow.patents)
        for flow in PatentFlow.objects.filter(year=year)
    ]


def _city(code: str) -> str:
    return regions.name_of(code).removesuffix("市") if code else ELSEWHERE


CHARTS: dict[str, tuple[str, Callable[[Board], tuple[list[str], list[list[Any]]]]]] = {}
"""The table beside each chart as a sheet: its name, and headings with lines."""


def _chart(key: str, title: str) -> Any:
    def register(function: Any) -> Any:
        CHARTS[key] = (title, function)
        return function

    return register


@_chart("targets", "目标进度")
def _target_sheet(found: Board) -> tuple[list[str], list[list[Any]]]:
    lines = [
        [one.target.code, one.target.title, part.label, part.now, part.goal, part.lands, one.label, one.remark]
        for one in found.targets
        for part in one.parts
        if found.shows_cities or one.target.way != "above_mean"
    ]
    return ["目标", "内容", "指标", "现值", "目标值", "按当前进度年末", "判断", "期限"], lines


@_chart("trends", "年度走势")
def _trend_sheet(found: Board) -> tuple[list[str], list[list[Any]]]:
    return NUMBER_HEADINGS, [number_line(number) for trend in found.trends for number in trend.numbers]


@_chart("cities", "各市数据")
def _city_sheet(found: Board) -> tuple[list[str], list[list[Any]]]:
    return NUMBER_HEADINGS, [number_line(number) for number in found.city_numbers]


@_chart("flows", "专利流向")
def _flow_sheet(found: Board) -> tuple[list[str], list[list[Any]]]:
    return ["提供方", "接受企业所在市", "专利（件次）"], [list(row) for row in found.flow_rows]


@_chart("numbers", "全省指标")
def _number_sheet(found: Board) -> tuple[list[str], list[list[Any]]]:
    return NUMBER_HEADINGS, [number_line(number) for number in found.provinces]


NUMBER_HEADINGS = [
    "指标",
    "名称",
    "单位",
    "年份",
    "季度",
    "范围",
    "数值",
    "上年同期",
    "增长",
    "其中存疑",
    "其中历史数",
    "截止日",
]


def number_line(number: Number) -> list[Any]:
    """One number for a sheet, in the indicator's unit; what the reader may not see says so."""
    one, stored = number.indicator, number.stored
    head = [one.code, one.title, one.unit, stored.year, stored.quarter or "全年", number.city_name]
    if not number.is_shown:
        return [*head, "不公开", "不公开", "不公开", "不公开", "不公开", stored.as_of]
    rate = number.growth
    return [
        *head,
        one.in_unit(stored.value),
        "—" if stored.before is None else one.in_unit(stored.before),
        "—" if rate is None else rate.quantize(Decimal("0.0001")),
        one.in_unit(stored.flagged),
        one.in_unit(stored.historic),
        stored.as_of,
    ]
