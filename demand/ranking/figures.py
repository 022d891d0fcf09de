"""Target figures of a need, and whether a patent's text states such a figure. Pure.

A quantity with a unit is compared by value and unit, units of one kind converted: what it is of is not understood.
Percentages and multiples can be of anything, so they are compared only where both texts say the same thing before them,
and whether it rises or falls.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from patents.text import normalise

Bound = Literal["at_least", "at_most", "about"]
_UNITS = "℃|°c|mpa|kpa|gpa|pa|mm|cm|μm|um|nm|km|m3/h|m/s|m/min|kwh|kw|mw|w|kv|v|ma|a|khz|mhz|hz|rpm|r/min|kn|kg|mg/l|mg|g/l|g|t/h|t|db|hrc|hv|min|s|h|ppm|次|小时|分钟|吨"
_NUMBER = r"(?:(?<![\d℃a-z%])-)?\d+(?:\.\d+)?"
_AT_LEAST = "不低于|不小于|不少于|大于等于|大于|高于|超过|以上|至少|≥"
_AT_MOST = "不高于|不大于|不超过|小于等于|小于|低于|以下|以内|至多|≤"
_RISE, _FALL = "提高|提升|增加|增长", "降低|下降|减少|缩短"
_AMOUNT = rf"(?P<before>{_AT_LEAST}|{_AT_MOST})?\s*(?P<low>{_NUMBER})\s*(?P<scale>万)?\s*"
FIGURE = re.compile(
    rf"{_AMOUNT}(?:(?:{_UNITS})?\s*[-~至]\s*(?P<high>{_NUMBER})\s*(?P<high_scale>万)?)?\s*"
    rf"(?P<unit>{_UNITS})(?![a-z])\s*(?P<after>以上|以下|以内)?"
)
SHARE = re.compile(
    rf"(?P<of>[\u3400-\u9fff]{{2,20}}?)\s*(?P<way>{_RISE}|{_FALL})?(?P<level>至|到)?(?:了|达到|达|可达|为|约|:)?\s*"
    rf"{_AMOUNT}(?:%?\s*[-~至]\s*(?P<high>{_NUMBER}))?\s*(?P<unit>%|倍)\s*(?P<after>以上|以下|以内)?"
)
# Each pattern alone looks at every place of a text: what must be there, and where, is found forty times as fast.
_UNIT_AFTER_NUMBER = re.compile(rf"\d\s*万?\s*(?:{_UNITS})(?![a-z])")
_RUN = re.compile(r"[\u3400-\u9fff\d\s.:~%≥≤-]+")
"""All that a share is written with: no share goes beyond such a run."""
# Normalising takes the signs away, as they begin and end markup.
_SIGNS = ((re.compile(r"[>＞]\s*[=＝]?\s*(?=\d)"), "≥"), (re.compile(r"[<＜]\s*[=＝]?\s*(?=\d)"), "≤"))
_SAME = {"°c": "℃", "um": "μm", "小时": "h", "分钟": "min", "吨": "t", "rpm": "r/min"}
_KINDS: dict[str, dict[str, float]] = {
    "pressure": {"pa": 1, "kpa": 1e3, "mpa": 1e6, "gpa": 1e9},
    "length": {"nm": 1, "μm": 1e3, "mm": 1e6, "cm": 1e7, "km": 1e12},
    "time": {"s": 1, "min": 60, "h": 3600},
    "mass": {"mg": 1, "g": 1e3, "kg": 1e6, "t": 1e9},
    "speed": {"m/min": 1, "m/s": 60},
    "frequency": {"hz": 1, "khz": 1e3, "mhz": 1e6},
    "voltage": {"v": 1, "kv": 1e3},
    "current": {"ma": 1, "a": 1e3},
    "power": {"w": 1, "kw": 1e3},
    "concentration": {"mg/l": 1, "g/l": 1e3},
}
"""Megawatt and milliwatt look alike once in lower case: `mw` is compared with itself only."""
_SIZES = {unit: (kind, size) for kind, units in _KINDS.items() for unit, size in units.items()}
_TOLERANCE = 0.1
"""A figure wanted without "at least" or "at most" is met by one within a tenth of it."""
_EXACT = 1e-9
"""What converting units may lose."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity; a single value has `low` equal to `high`. Of a share `of` says of what, `way` where it moves."""

    low: float
    high: float
    unit: str
    bound: Bound = "about"
    of: str = ""
    way: Literal["", "rise", "fall"] = ""

    def is_met_by(self, stated: "Figure") -> bool:
        """Whether a stated figure of the same kind reaches this one."""
        ratio = self._ratio(stated)
        if ratio is None:
            return False
        room = _TOLERANCE if self.bound == "about" else _EXACT
        is_high_enough = stated.high * ratio >= self.low - abs(self.low) * room
        is_low_enough = stated.low * ratio <= self.high + abs(self.high) * room
        return (is_high_enough or self.bound == "at_most") and (is_low_enough or self.bound == "at_least")

    def is_same_share(self, stated: "Figure") -> bool:
        """Whether both are shares of the same thing, moving the same way."""
        return bool(self.of) and self.unit == stated.unit and self._ratio(stated) is not None

    def _ratio(self, stated: "Figure") -> float | None:
        """How many of this figure's units one of the other's is; None when they cannot be compared."""
        if self.unit == stated.unit:
            return 1.0 if self.way == stated.way and self.of in stated.of else None
        mine, theirs = _SIZES.get(self.unit), _SIZES.get(stated.unit)
        if mine is None or theirs is None or mine[0] != theirs[0]:
            return None
        return theirs[1] / mine[1]


def figures(text: str) -> list[Figure]:
    """The quantities with units and the named shares in a text, in its order."""
    for sign, bound in _SIGNS:
        text = sign.sub(bound, text)
    plain = normalise(text)
    return [figure for _, figure in sorted(_found(plain), key=lambda pair: pair[0])]


def met(wanted: Sequence[Figure], text: str) -> int:
    """How many of the wanted figures the text states reached."""
    stated = figures(text)
    return sum(any(figure.is_met_by(other) for other in stated) for figure in wanted)


def quantities_in(plain: str) -> Iterator[re.Match[str]]:
    """Numbers with their units in a normalised text."""
    return FIGURE.finditer(plain) if _UNIT_AFTER_NUMBER.search(plain) else iter(())


def shares_in(plain: str) -> Iterator[re.Match[str]]:
    """Percentages and multiples with the words before them in a normalised text."""
    for run in _RUN.finditer(plain):
        if "%" in run[0] or "倍" in run[0]:
            yield from SHARE.finditer(plain, *run.span())


def _found(plain: str) -> Iterator[tuple[int, Figure]]:
    for found in quantities_in(plain):
        yield found.start(), _figure(found, _SAME.get(found["unit"], found["unit"]), found["high_scale"])
    for found in shares_in(plain):
        way = found["way"] or ""
        # "降低至 5%" names where it ends, "降低 5%" by how much.
        moves = "" if not way or found["level"] else "rise" if re.fullmatch(_RISE, way) else "fall"
        figure = _figure(found, found["unit"], None)
        bound: Bound = "at_least" if moves and figure.bound == "about" and figure.low == figure.high else figure.bound
        yield found.start(), Figure(figure.low, figure.high, found["unit"], bound, found["of"], moves)  # type: ignore[arg-type]


def _figure(found: re.Match[str], unit: str, high_scale: str | None) -> Figure:
    scale = 10_000 if found["scale"] or high_scale else 1
    low = float(found["low"]) * scale
    high = float(found["high"]) * scale if found["high"] else low
    words = (found["before"] or "", found["after"] or "")
    if any(word and re.fullmatch(_AT_LEAST, word) for word in words):
        return Figure(low, high, unit, "at_least")
    if any(word and re.fullmatch(_AT_MOST, word) for word in words):
        return Figure(low, high, unit, "at_most")
    return Figure(min(low, high), max(low, high), unit)
