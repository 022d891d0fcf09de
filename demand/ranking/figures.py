"""Target figures of a need, and whether a patent's text states such a figure. Pure.

Only quantities with a unit are compared, by unit and value: what the figure is of is not understood. Percentages are
left out, because they are of anything.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from patents.text import normalise

_UNITS = "℃|°c|mpa|kpa|gpa|pa|mm|cm|μm|um|nm|km|m3/h|m/s|m/min|kwh|kw|mw|w|kv|v|ma|a|khz|mhz|hz|rpm|r/min|kn|kg|mg/l|mg|g/l|g|t/h|t|db|hrc|hv|min|s|h|ppm|次|万次|小时|分钟|吨"
_NUMBER = r"\d+(?:\.\d+)?"
_AT_LEAST = "不低于|不小于|不少于|大于等于|大于|高于|超过|以上|至少|≥|>=|>"
_AT_MOST = "不高于|不大于|不超过|小于等于|小于|低于|以下|以内|至多|≤|<=|<"
_FIGURE = re.compile(
    rf"(?P<before>{_AT_LEAST}|{_AT_MOST})?\s*(?P<low>{_NUMBER})\s*(?:(?:{_UNITS})?\s*[-~～至]\s*(?P<high>{_NUMBER}))?\s*"
    rf"(?P<unit>{_UNITS})(?![a-z])\s*(?P<after>以上|以下|以内)?"
)
_SAME = {"°c": "℃", "um": "μm", "小时": "h", "分钟": "min", "吨": "t", "rpm": "r/min"}
_TOLERANCE = 0.1
"""A figure wanted without "at least" or "at most" is met by one within a tenth of it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity; a single value has `low` equal to `high`."""

    low: float
    high: float
    unit: str
    bound: Literal["at_least", "at_most", "about"] = "about"

    def is_met_by(self, stated: "Figure") -> bool:
        """Whether a stated figure of the same unit reaches this one."""
        if self.unit != stated.unit:
            return False
        if self.bound == "at_least":
            return stated.high >= self.low
        if self.bound == "at_most":
            return stated.low <= self.high
        return stated.high >= self.low * (1 - _TOLERANCE) and stated.low <= self.high * (1 + _TOLERANCE)


def figures(text: str) -> list[Figure]:
    """The quantities with units in a text, in its order."""
    return [_figure(found) for found in _FIGURE.finditer(normalise(text))]


def met(wanted: Sequence[Figure], text: str) -> int:
    """How many of the wanted figures the text states reached."""
    stated = figures(text)
    return sum(any(figure.is_met_by(other) for other in stated) for figure in wanted)


def _figure(found: re.Match[str]) -> Figure:
    low = float(found["low"])
    high = float(found["high"] or low)
    unit = _SAME.get(found["unit"], found["unit"])
    words = (found["before"] or "", found["after"] or "")
    if any(word and re.fullmatch(_AT_LEAST, word) for word in words):
        return Figure(low, high, unit, "at_least")
    if any(word and re.fullmatch(_AT_MOST, word) for word in words):
        return Figure(low, high, unit, "at_most")
    return Figure(min(low, high), max(low, high), unit)
