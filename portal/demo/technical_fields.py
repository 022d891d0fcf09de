"""The technical fields that demonstration patents and needs are written about.

The words are in `vocabulary/*.txt`, one file per IPC section, edited by hand:

    [key] form name industry(GB/T 4754-2017) city city ...
    ipc SYMBOL; SYMBOL
    objects OBJECT:PARTS/SCENES/SOLUTIONS ...   those that suit it by their places (1-9, A-Z); - is all
    parts, scenes WORD ...
    design LOCARNO title ...                    only where designs are filed
    + feature|problem|means|effect              figures as {low-high}, drawn anew for each text
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from random import Random
from typing import TypeVar

from portal.codes import parse_class_symbol

VOCABULARY = Path(__file__).parent / "vocabulary"
NEEDS_ONLY = "needs_only"
Item = TypeVar("Item")
_HEADING = re.compile(r"\[(\w+)\] (\w+) (\S+) (\d{4}) (.+)")
_RANGE = re.compile(r"\{(-?\d+(?:\.\d+)?)-(-?\d+(?:\.\d+)?)\}")


class Form(StrEnum):
    """What a field invents; it decides how titles and abstracts read."""

    DEVICE = "device"
    MATERIAL = "material"
    PROCESS = "process"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Solution:
    """A problem of the field and one answer to it."""

    feature: str
    problem: str
    means: str
    effect: str


@dataclass(frozen=True, slots=True)
class Thing:
    """An object of the field with the parts, scenes and solutions that go with it."""

    name: str
    parts: tuple[str, ...]
    scenes: tuple[str, ...]
    solutions: tuple[Solution, ...]

    @property
    def weight(self) -> int:
        """How much can be said about it: things with more to say are drawn more often."""
        return len(self.parts) * len(self.scenes) * len(self.solutions)


@dataclass(frozen=True, slots=True)
class TechnicalField:
    key: str
    form: Form
    name: str
    industry_code: str
    cities: tuple[str, ...]
    ipc: tuple[str, ...]
    things: tuple[Thing, ...]
    design_class: str = ""
    design_titles: tuple[str, ...] = ()

    @property
    def section(self) -> str:
        """The IPC section of the field's first class."""
        return self.ipc[0][0]


@cache
def technical_fields() -> tuple[TechnicalField, ...]:
    """The fields that patents are made for, in the order of the IPC sections."""
    return tuple(field for path in sorted(VOCABULARY.glob("*.txt")) if path.stem != NEEDS_ONLY for field in _read(path))


@cache
def fields_without_patents() -> tuple[TechnicalField, ...]:
    """Fields of needs that no demonstration patent answers."""
    return tuple(_read(VOCABULARY / f"{NEEDS_ONLY}.txt"))


def draw_figures(rng: Random, text: str) -> str:
    """The text with each {low-high} replaced by a figure between both, with as many decimals as they have."""
    pieces = _pieces(text)
    if len(pieces) == 1:
        return pieces[0]
    return "".join(
        piece if not index % 3 else _figure(rng, piece, pieces[index + 1]) if index % 3 == 1 else ""
        for index, piece in enumerate(pieces)
    )


@cache
def _pieces(text: str) -> tuple[str, ...]:
    """Text, low, high, text, low, high, ..., text."""
    return tuple(_RANGE.split(text))


def _figure(rng: Random, low: str, high: str) -> str:
    decimals = max(len(bound.partition(".")[2]) for bound in (low, high))
    if not decimals:
        return str(rng.randint(int(low), int(high)))
    scale = 10**decimals
    units = rng.randint(round(float(low) * scale), round(float(high) * scale))
    return f"{units / scale:.{decimals}f}"


def _read(path: Path) -> list[TechnicalField]:
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    blocks: list[list[str]] = []
    for line in lines:
        if line.startswith("["):
            blocks.append([])
        if line and not line.startswith("#"):
            blocks[-1].append(line)
    return [_field(block) for block in blocks]


def _field(block: list[str]) -> TechnicalField:
    heading = _HEADING.fullmatch(block[0])
    if heading is None:
        raise ValueError(f"not a heading: {block[0]}")
    key, form, name, industry_code, cities = heading.groups()
    words = {line.split()[0]: tuple(line.split()[1:]) for line in block[1:] if not line.startswith("+")}
    design = words.get("design", ("",))
    solutions = tuple(Solution(*line[2:].split("|")) for line in block if line.startswith("+"))
    return TechnicalField(
        key=key,
        form=Form(form),
        name=name,
        industry_code=industry_code,
        cities=tuple(cities.split()),
        ipc=tuple(parse_class_symbol(symbol).symbol for symbol in " ".join(words["ipc"]).split(";")),
        things=tuple(_thing(text, words["parts"], words["scenes"], solutions) for text in words["objects"]),
        design_class=design[0],
        design_titles=design[1:],
    )


def _thing(text: str, parts: tuple[str, ...], scenes: tuple[str, ...], solutions: tuple[Solution, ...]) -> Thing:
    name, _, suits = text.partition(":")
    part_places, scene_places, solution_places = suits.split("/") if suits else ("-", "-", "-")
    return Thing(name, _at(part_places, parts), _at(scene_places, scenes), _at(solution_places, solutions))


def _at(places: str, items: tuple[Item, ...]) -> tuple[Item, ...]:
    return items if places == "-" else tuple(items[int(place, base=36) - 1] for place in places)
