"""What one cell means.

Each parser takes a cell that is not empty, strings already through `clean`, and raises Invalid in the user's words.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from portal import money
from portal.errors import Invalid

# What offices write where there is nothing to write.
NOTHING = frozenset({"", "无数据", "NULL", "null", "N/A", "#N/A", "-", "--", "—", "——", "/"})
# Characters that must not get into the database, or that make equal texts unequal.
_UNWANTED = re.compile(
    "[\x00-\x1f\x7f\u00a0\u00ad\u2010\u2011\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060\ufeff\ufffe\uffff]"
)
_REPLACED = {"\n": "\n", "\t": " ", "\u00a0": " ", "\u2010": "-", "\u2011": "-", "\u2028": "\n", "\u2029": "\n"}
_SPACES = re.compile(r"\s+")
_DATE = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))"
)
_TIME = re.compile(r"[T ]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$")
SHOWN_CHOICES = 12
EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2100, 12, 31)


def clean(text: str) -> str:
    """`text` without invisible characters and outer blanks; line breaks inside stay, hyphens become plain."""
    # isprintable is far quicker than the pattern, and knows all but the two hyphens.
    if not text.isprintable() or "\u2010" in text or "\u2011" in text:
        text = _UNWANTED.sub(lambda match: _REPLACED.get(match[0], ""), text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.strip()
    # Our own exports put ' before a cell that a spreadsheet program would run as a formula.
    return text[1:] if text[:1] == "'" and text[1:2] in {"=", "+", "-", "@"} else text


def as_text(cell: object) -> str:
    """The cell as its user sees it: no `.0` behind whole numbers, dates as 2015-03-01."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer():
        return f"{cell:.0f}"
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    return str(cell)


def line(limit: int) -> Callable[[object], str]:
    """A parser for one line of text of at most `limit` characters."""

    def parse(cell: object) -> str:
        return _within(" ".join(as_text(cell).split()), limit)

    return parse


def paragraphs(limit: int) -> Callable[[object], str]:
    """A parser for text with line breaks; a literal backslash-n counts as one."""

    def parse(cell: object) -> str:
        return _within(as_text(cell).replace("\\n", "\n"), limit)

    return parse


def _within(text: str, limit: int) -> str:
    if text.startswith("="):
        raise Invalid(f"“{text[:20]}”以等号开头，像是公式；请填写文字。")
    if len(text) > limit:
        raise Invalid(f"内容有 {len(text)} 个字，最多 {limit} 个字。")
    return text


def names(limit: int) -> Callable[[object], str]:
    """A parser for several names: `甲 ; 乙 ; ` gives `甲；乙`."""

    def parse(cell: object) -> str:
        parts = [" ".join(part.split()) for part in as_text(cell).replace("；", ";").split(";")]
        return _within("；".join(part for part in parts if part not in NOTHING), limit)

    return parse


def date(cell: object) -> dt.date:
    """A date from an Excel date cell or from text: 2015-03-01, 2015/3/1, 2015.3.1, 20150301, 2015年3月1日."""
    if isinstance(cell, dt.datetime):
        return _date_in_range(cell.date(), cell)
    if isinstance(cell, dt.date):
        return _date_in_range(cell, cell)
    return _date_from_text(as_text(cell))


@lru_cache(maxsize=50_000)
def _date_from_text(text: str) -> dt.date:
    plain = unicodedata.normalize("NFKC", text).strip()
    match = _DATE.fullmatch(_TIME.sub("", plain) if ":" in plain else plain.replace(" ", ""))
    if match is None:
        raise Invalid(f"“{text[:20]}”不是日期，请写成 2015-03-01 的形式。")
    year, month, day = (int(part) for part in match.groups() if part)
    try:
        return _date_in_range(dt.date(year, month, day), text)
    except ValueError as error:
        raise Invalid(f"“{text[:20]}”不是存在的日期。") from error


def _date_in_range(value: dt.date, shown: object) -> dt.date:
    if not EARLIEST <= value <= LATEST:
        raise Invalid(f"日期“{str(shown)[:20]}”不在合理范围内。")
    return value


def whole_number(low: int, high: int) -> Callable[[object], int]:
    """A parser for a whole number from `low` to `high`."""

    def parse(cell: object) -> int:
        text = unicodedata.normalize("NFKC", as_text(cell)).replace(",", "")
        if not re.fullmatch(r"-?[0-9]{1,12}", text) or not low <= int(text) <= high:
            raise Invalid(f"“{text[:20]}”应为 {low} 至 {high} 的整数。")
        return int(text)

    return parse


def choice(words: Mapping[str, str]) -> Callable[[object], str]:
    """A parser for one of the words that people write, giving the stored code."""
    allowed = "、".join([*words][:SHOWN_CHOICES]) + ("等" if len(words) > SHOWN_CHOICES else "")

    def parse(cell: object) -> str:
        word = _SPACES.sub("", unicodedata.normalize("NFKC", as_text(cell)))
        if word not in words:
            raise Invalid(f"“{word[:20]}”不在可选范围内，可填：{allowed}。")
        return words[word]

    return parse


def amount(unit: str) -> Callable[[object], Decimal]:
    """A parser for money in yuan from a column headed in `unit` (元, 万元, 亿元)."""

    def parse(cell: object) -> Decimal:
        return money.parse_amount(cell, unit=unit)

    return parse


Parser = Callable[[Any], Any]
