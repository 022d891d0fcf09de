"""Sheets that the pool hands out."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from patents.queries.offers import with_offers
from patents.queries.search import Found
from portal import clock, regions
from portal.sheets.writing import export_workbook

SHEET_LIMIT = 5_000
"""Rows of one sheet of results."""
ROWS_AT_ONCE = 500
HEADINGS = (
    "申请号", "名称", "类型", "法律状态", "主分类号", "申请人", "权利人", "所在市", "申请日", "技术成熟度（TRL）",
    "转化方式", "意向价格下限（元）", "意向价格上限（元）", "摘要",
)  # fmt: skip


def results_workbook(found: Found, conditions: Iterable[str]) -> bytes:
    """What a search found, at most SHEET_LIMIT rows; below them what was searched for, and whether rows are missing."""
    return export_workbook(HEADINGS, _lines(found, list(conditions)), sheet_name="检索结果")


def _lines(found: Found, conditions: Sequence[str]) -> Iterator[Sequence[Any]]:
    for start in range(0, min(len(found), SHEET_LIMIT), ROWS_AT_ONCE):
        yield from map(_line, with_offers(found[start : min(start + ROWS_AT_ONCE, SHEET_LIMIT)]))
    if found.count > SHEET_LIMIT:
        yield [f"（共 {found.count} 件，只导出前 {SHEET_LIMIT} 件，请缩小范围）"]
    yield [f"检索条件：{'；'.join(conditions) or '全部'}；导出时间：{clock.now():%Y-%m-%d %H:%M}"]


def _line(patent: Any) -> Sequence[Any]:
    return (
        patent.display_number,
        patent.title,
        patent.get_kind_display(),
        patent.get_legal_status_display(),
        patent.main_class,
        patent.applicant_names,
        patent.holder.name if patent.holder else "",
        regions.name_of(patent.city_code) if patent.city_code else "",
        patent.filed_on,
        patent.maturity,
        patent.offered.ways,
        patent.offered.low,
        patent.offered.high,
        patent.abstract,
    )
