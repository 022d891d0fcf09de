"""Fields and periods of collection forms: no database, no clock."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from portal.errors import Invalid
from portal.money import round_fen
from stats.enums.collection import Cadence, FieldKind
from stats.policy.jumps import is_jump

HIGHEST = Decimal(10) ** 15
QUARTERS = 4


def period_before(year: int, quarter: int) -> tuple[int, int]:
    """The quarter before, or the year before where `quarter` is 0."""
    if quarter in (0, 1):
        return year - 1, QUARTERS if quarter else 0
    return year, quarter - 1


def check_period(cadence: str, year: int, quarter: int, *, today_year: int) -> None:
    """Raise Invalid for a period that the form does not have, or that lies after this year."""
    wanted = range(1, QUARTERS + 1) if cadence == Cadence.QUARTER else (0,)
    if quarter not in wanted:
        text = "按季的表请选择第 1 至 4 季度。" if cadence == Cadence.QUARTER else "按年的表没有季度，请选择全年。"
        raise Invalid(text, field="quarter")
    if not today_year - 10 <= year <= today_year:
        raise Invalid(f"年度应在 {today_year - 10} 至 {today_year} 之间。", field="year")


def checked_values(fields: Sequence[Mapping[str, Any]], given: Mapping[str, Any]) -> dict[str, str]:
    """What is stored: each figure as text, amounts to the fen; a field that may be empty is left out then.

    Raises:
        Invalid: a figure lacks, is no whole number, negative or far too large, or belongs to no field; `field` names it.
    """
    known = {row["code"]: row for row in fields}
    for code in given:
        if code not in known:
            raise Invalid("数据中有不属于本表的指标。", field=code)
    stored = {}
    for code, row in known.items():
        value = given.get(code)
        if value is None or value == "":
            if row["is_required"]:
                raise Invalid(f"请填写“{row['label']}”。", field=code)
            continue
        stored[code] = str(_checked(row, code, value))
    return stored


def _checked(row: Mapping[str, Any], code: str, value: Any) -> Decimal:
    number = Decimal(value)
    if not number.is_finite() or not 0 <= number < HIGHEST:
        raise Invalid(f"“{row['label']}”应为不小于零的数。", field=code)
    if row["kind"] == FieldKind.COUNT:
        if number != number.to_integral_value():
            raise Invalid(f"“{row['label']}”应为整数。", field=code)
        return number.to_integral_value()
    return round_fen(number)


def jumps(
    fields: Sequence[Mapping[str, Any]], now: Mapping[str, str], before: Mapping[str, str], *, factor: int
) -> list[str]:
    """Codes of the figures that must be explained, in the form's order: `factor` times the last period's, or a part."""
    return [
        row["code"]
        for row in fields
        if row["code"] in now and is_jump(Decimal(now[row["code"]]), _number(before.get(row["code"])), factor=factor)
    ]


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
