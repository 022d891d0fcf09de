"""Figures, history and bulletins to look at."""

import datetime as dt
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portal import clock
from portal.accounts.demo import Cast
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.sheets.writing import export_workbook
from stats.enums.figures import FlagKind, FlagState, RefreshKind
from stats.imports.history import COLUMNS, import_history
from stats.models import IndicatorValue, Suspicion
from stats.periods import FIRST_YEAR, QUARTERS
from stats.services import (
    Text,
    decide_suspicion,
    find_suspicions,
    freeze_bulletin,
    receive_bulletin,
    refresh,
    send_bulletin,
)

BASIS = "2020 年全省知识产权质押融资公布数"
BASELINE = (
    ("I11", "专利", "125.53", "亿元"), ("I12", "专利", "1057", "项"),
    ("I11A", "商标", "101.46", "亿元"), ("I12A", "商标", "40", "项"),
)  # fmt: skip
"""The baseline of 2020 (RULES section 10, confidence 0.9)."""
INVENTED = {2021: ("148.20", "1390"), 2022: ("176.85", "1785"), 2023: ("208.40", "2240")}
"""Years between the baseline and the portal: invented, as everything else of the demonstration."""
RECEIVED = ("370100", "370200", "370600")
DECISIONS = (
    (FlagState.CLEARED, "已核对合同、付款凭证和双方股权结构，交易真实。"),
    (FlagState.CONFIRMED, "双方为同一实际控制人，价格未经评估，受让企业未使用该专利，列为存疑。"),
)


def load_numbers(*, cast: Cast, seed: int) -> None:
    """Add the demonstration's content of this part; called once, last."""
    refresh(kind=RefreshKind.ALL)
    _import_history(cast.province)
    find_suspicions()
    refresh(kind=RefreshKind.CHANGES)
    _decide_two(cast.province)
    _bulletins(cast.province)


def _import_history(by: User) -> None:
    own = set(
        IndicatorValue.objects.filter(code="I12", quarter=0, city_code="", value__gt=0).values_list("year", flat=True)
    )
    lines = list(_history(own))
    if not lines:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.xlsx"
        path.write_bytes(export_workbook([column.heading for column in COLUMNS], lines))
        import_history(path=path, file_name="平台前历史数.xlsx", by=by, apply=True)


def _history(own: set[int]) -> Iterator[list[Any]]:
    if FIRST_YEAR not in own:
        for code, split, value, unit in BASELINE:
            yield [code, FIRST_YEAR, "", "全省", split, value, unit, BASIS]
    for year, (amount, count) in INVENTED.items():
        if year not in own:
            yield ["I11", year, "", "全省", "专利", amount, "亿元", f"{year} 年统计报表（演示）"]
            yield ["I12", year, "", "全省", "专利", count, "项", f"{year} 年统计报表（演示）"]


def _decide_two(by: User) -> None:
    """One is cleared, one confirmed; the others are left to look at."""
    found = Suspicion.objects.filter(kind=FlagKind.RELATED, state=FlagState.OPEN).order_by("id")[:2]
    for suspicion, (state, reason) in zip(found, DECISIONS, strict=False):
        decide_suspicion(suspicion_id=suspicion.pk, by=by, state=state, reason=reason)


def _bulletins(by: User) -> None:
    today = clock.today()
    last = dt.date(today.year, (today.month - 1) // 3 * 3 + 1, 1) - dt.timedelta(days=1)
    quarter = (last.month - 1) // 3 + 1
    made = freeze_bulletin(
        by=by,
        year=last.year,
        quarter=quarter,
        text=Text(
            f"关于 {last.year} 年{QUARTERS[str(quarter)]}专利转化运用指标情况的通报",
            "现将全省专利转化运用指标统计监测情况通报如下。",
            "各市要对照目标进度查找差距。\n对标注存疑的交易，请于收到通报后十个工作日内核实并说明情况。",
        ),
    )
    send_bulletin(bulletin_id=made.pk, by=by)
    for official in User.objects.filter(role=Role.CITY, organisation__city_code__in=RECEIVED).order_by("id"):
        if made.receipts.filter(organisation=official.organisation, state="waiting").exists():
            receive_bulletin(bulletin_id=made.pk, by=official)
