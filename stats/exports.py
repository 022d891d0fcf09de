"""Statistics as sheets: amounts to the fen, growth as a fraction."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.http import HttpResponse

from portal import clock, regions
from stats.periods import Period
from stats.queries.shown import ShownRow
from stats.views.common import sheet

TABLE_HEADINGS = (
    "市", "项目数（项）", "上年同期项目数（项）", "项目数增长", "金额（元）", "上年同期金额（元）", "金额增长",
)  # fmt: skip
ROW_HEADINGS = ("项目编号", "企业", "所在市", "金融机构", "银行合同号", "放款日", "金额（元）", "数据来源", "报送时间")
NO_GROWTH, NOT_PUBLIC = "—", "不公开"
_GROWTH_PLACES = Decimal("0.0001")
CHUNK = 2000


def table_sheet(rows: Iterable[ShownRow], period: Period) -> HttpResponse:
    """One line for each row of the table, as its reader sees it."""
    return sheet(TABLE_HEADINGS, (_table_line(shown) for shown in rows), f"质押融资统计 {period.label}")


def _table_line(shown: ShownRow) -> list[Any]:
    row = shown.row
    amounts = [row.now.amount, row.before.amount, _fraction(row.amount_growth)]
    shown_amounts = amounts if shown.has_amounts else [NOT_PUBLIC] * len(amounts)
    return [shown.name, row.now.count, row.before.count, _fraction(row.count_growth), *shown_amounts]


def _fraction(growth: Decimal | None) -> Decimal | str:
    return NO_GROWTH if growth is None else growth.quantize(_GROWTH_PLACES)


def rows_sheet(loans: Any, period: Period) -> HttpResponse:
    """One line for each loan, streamed from the database."""
    return sheet(ROW_HEADINGS, _row_lines(loans), f"质押融资明细 {period.label}")


def _row_lines(loans: Any) -> Iterator[list[Any]]:
    for loan in loans.iterator(chunk_size=CHUNK):
        project = loan.placement.project
        source = f"银行接口答复 {loan.answer_id}" if loan.answer_id else ""
        yield [
            project.ref,
            project.organisation.name,
            regions.name_of(project.city_code),
            loan.placement.institution.name,
            loan.bank_ref,
            loan.drawn_on,
            loan.principal,
            source,
            loan.answered_at and loan.answered_at.astimezone(clock.SHANGHAI),
        ]
