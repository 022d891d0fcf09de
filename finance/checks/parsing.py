"""Reading what institutions send, field by field: Python values or their JSON forms, nothing guessed."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from portal.errors import Invalid
from portal.money import FEN

RATE_PLACES = Decimal("0.000001")
MAX_NUMBER = 60
MAX_NOTE = 500
FIELD_NAMES = {
    "reason": "理由", "bank_ref": "合同号", "contract_date": "合同签订日", "drawn_on": "放款日", "due_on": "到期日",
    "pledge_registered_on": "质权登记日", "principal": "本金", "annual_rate": "年利率", "pledge_share": "专利质押占比",
    "is_first_pledge": "专利首次质押", "repaid_on": "结清日", "interest_paid": "已付利息", "first_draw": "首笔提款",
    "settlement": "结息方式", "papers": "所需材料", "amount": "审批金额", "lpr_base": "LPR 基准", "term_months": "审批期限",
    "number": "流水号", "on": "发生日", "interest": "利息", "penalty": "罚息复利", "period_from": "计息期首日",
    "period_to": "计息期止", "reverses": "冲正对象", "note": "说明",
    "project_ref": "项目编号", "balance": "余额", "state": "状态",
}  # fmt: skip
Parser = Callable[[str, object], Any]
"""Takes a field's name and value. Raises Invalid that names the field."""


def parse(fields: Mapping[str, Parser], facts: Mapping[str, Any], *, optional: Collection[str] = ()) -> dict[str, Any]:
    """The values of all `fields`; an optional one that was not sent is None.

    Raises:
        Invalid: a field is missing, unknown or malformed; `field` names it.
    """
    if unknown := sorted(set(facts) - set(fields)):
        raise Invalid(f"未知字段“{unknown[0][:40]}”。", field=unknown[0])
    return {
        name: None if name in optional and facts.get(name) is None else read(name, facts.get(name))
        for name, read in fields.items()
    }


def as_json_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Parsed values as they are stored and compared, whatever form they came in; what was not sent is left out."""
    return {
        name: value if isinstance(value, bool | int | list) else str(value)
        for name, value in values.items()
        if value is not None
    }


def whole(lowest: int, highest: int) -> Parser:
    """A whole number between the two."""

    def read(name: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise Invalid(f"{FIELD_NAMES[name]}应为 {lowest} 至 {highest} 的整数。", field=name)
        return value

    return read


def one_of(choices: Mapping[str, str]) -> Parser:
    """One of the stored codes."""

    def read(name: str, value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise Invalid(f"{FIELD_NAMES[name]}须为 {'、'.join(choices)} 之一。", field=name)
        return value

    return read


def texts(count: int, limit: int) -> Parser:
    """A list of 1 to `count` texts, each not longer than `limit`."""
    single = text(limit)

    def read(name: str, value: object) -> list[str]:
        if not isinstance(value, list) or not 1 <= len(value) <= count:
            raise Invalid(f"{FIELD_NAMES[name]}应为 1 至 {count} 项的列表。", field=name)
        return [single(name, item) for item in value]

    return read


def text(limit: int) -> Parser:
    """Text that is not empty and not longer than `limit`."""

    def read(name: str, value: object) -> str:
        text = value.strip() if isinstance(value, str) else ""
        if not text:
            raise Invalid(f"请填写{FIELD_NAMES[name]}。", field=name)
        if len(text) > limit:
            raise Invalid(f"{FIELD_NAMES[name]}不得超过 {limit} 个字。", field=name)
        return text

    return read


def date(name: str, value: object) -> dt.date:
    """A date, or its ISO text."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError as error:
        raise Invalid(f"{FIELD_NAMES[name]}应为日期，例如 2026-03-31。", field=name) from error


def decimal(places: Decimal, limit: Decimal) -> Parser:
    """A number below `limit` with at most the places of `places`, as text, whole number or Decimal; no float."""

    def read(name: str, value: object) -> Decimal:
        wrong = Invalid(
            f"{FIELD_NAMES[name]}应为最多 {-int(places.as_tuple().exponent)} 位小数的十进制数，以文本传送。", field=name
        )
        if not isinstance(value, Decimal | str | int) or isinstance(value, bool):
            raise wrong
        try:
            number = Decimal(value)
            if not number.is_finite() or abs(number) >= limit or number != number.quantize(places):
                raise wrong
        except InvalidOperation as error:
            raise wrong from error
        return number.quantize(places)

    return read


def yes_no(name: str, value: object) -> bool:
    """True or false, nothing like them."""
    if not isinstance(value, bool):
        raise Invalid(f"{FIELD_NAMES[name]}应为 true 或 false。", field=name)
    return value


MONEY = decimal(FEN, Decimal(10) ** 14)
RATE = decimal(RATE_PLACES, Decimal(1000))
NOTE = text(MAX_NOTE)
NUMBER = text(MAX_NUMBER)
