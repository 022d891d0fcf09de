"""Reading facts and parameters that come as JSON; nothing is guessed, and a float is never money."""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from portal.errors import Invalid
from portal.money import FEN

_MONEY = re.compile(r"[0-9]{1,14}(?:\.[0-9]{1,2})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FRACTION = re.compile(r"[0-9](?:\.[0-9]{1,20})?")


class Facts:
    """One JSON object, read field by field; every failure is an Invalid that names the field's path."""

    def __init__(self, data: object, path: str = "") -> None:
        if not isinstance(data, Mapping):
            raise Invalid(f"“{path or '事实'}”应为 JSON 对象。", field=path)
        self.data: Mapping[str, Any] = data
        self._path = path

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def _get(self, name: str) -> Any:
        if self.data.get(name) is None:
            raise Invalid(f"缺少“{self._at(name)}”。", field=self._at(name))
        return self.data[name]

    def _wrong(self, name: str, expected: str) -> Invalid:
        shown = str(self.data.get(name))[:40]
        return Invalid(f"“{self._at(name)}”的值“{shown}”无法读取，应为{expected}。", field=self._at(name))

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self.data.get(name) is not None

    def part(self, name: str) -> "Facts":
        """The object in the field."""
        return Facts(self._get(name), self._at(name))

    def items(self, name: str) -> list[Any]:
        """The list in the field, as it stands."""
        value = self._get(name)
        if not isinstance(value, list):
            raise self._wrong(name, "列表")
        return value

    def parts(self, name: str) -> list["Facts"]:
        """The list of objects in the field."""
        return [Facts(item, f"{self._at(name)}[{place}]") for place, item in enumerate(self.items(name))]

    def money(self, name: str) -> Decimal:
        """Yuan, never negative, at most two decimals, as text or a whole number."""
        return self._decimal(name, _MONEY, "以文本填写、不小于零、最多两位小数的金额").quantize(FEN)

    def fraction(self, name: str) -> Decimal:
        """A rate or share from 0 to 1, as text or a whole number."""
        value = self._decimal(name, _FRACTION, "以文本填写、0 至 1 之间的小数")
        if value > 1:
            raise self._wrong(name, "以文本填写、0 至 1 之间的小数")
        return value

    def _decimal(self, name: str, pattern: re.Pattern[str], expected: str) -> Decimal:
        value = self._get(name)
        # A JSON number with a point has already lost fen on its way through float.
        if isinstance(value, bool) or not isinstance(value, str | int) or not pattern.fullmatch(str(value)):
            raise self._wrong(name, expected)
        return Decimal(value)

    def texts(self) -> dict[str, str]:
        """All fields of an object that holds text only."""
        return {name: self.text(name) for name in self.data}

    def whole(self, name: str) -> int:
        """A whole number from 0 to 9999: a year, a count."""
        value = self._get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 9999:  # noqa: PLR2004
            raise self._wrong(name, "0 至 9999 的整数")
        return value

    def date(self, name: str) -> dt.date:
        """A date written 2024-06-12."""
        value = self._get(name)
        try:
            if not isinstance(value, str) or not _DATE.fullmatch(value):
                raise self._wrong(name, "形如 2024-06-12 的日期")
            return dt.date.fromisoformat(value)
        except ValueError as error:
            raise self._wrong(name, "形如 2024-06-12 的日期") from error

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self._get(name)
        if not isinstance(value, bool):
            raise self._wrong(name, " true 或 false")
        return value

    def text(self, name: str) -> str:
        """Text that is not empty."""
        value = self._get(name)
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(name, "文本")
        return value.strip()

    def word(self, name: str, allowed: Collection[str]) -> str:
        """One of the words allowed."""
        value = self.text(name)
        if value not in allowed:
            raise self._wrong(name, "、".join(sorted(allowed)) + " 之一")
        return value
