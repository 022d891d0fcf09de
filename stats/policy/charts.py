"""Where the parts of the dashboard's charts lie; templates draw them as SVG with a table beside."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

TILE_WIDTH, TILE_HEIGHT, TILE_GAP = 84, 64, 4
TILES = {
    "371400": (0, 0), "371600": (1, 0), "370500": (2, 0), "370600": (4, 0), "371000": (5, 0),
    "371500": (0, 1), "370100": (1, 1), "370300": (2, 1), "370700": (3, 1), "370200": (4, 1),
    "371700": (0, 2), "370900": (1, 2), "371300": (2, 2), "371100": (3, 2), "370800": (1, 3), "370400": (2, 3),
}  # fmt: skip
"""Column and row of each city, about where it lies in the province."""
SHADES = 5
COLUMN_STEP, COLUMN_WIDTH, COLUMN_TOP, COLUMN_FLOOR = 68, 40, 24, 170
FLOW_WIDTH, FLOW_STEP, FLOW_TOP, FLOW_LEFT, FLOW_RIGHT, FLOW_THICKEST = 640, 26, 20, 130, 500, 18


@dataclass(frozen=True, slots=True)
class Tile:
    """One city; `shade` 0 (nothing) to 5 (the most)."""

    code: str
    name: str
    text: str
    x: int
    y: int
    shade: int

    @property
    def middle(self) -> int:
        return self.x + (TILE_WIDTH - TILE_GAP) // 2


def tile_map(values: Iterable[tuple[str, str, Decimal, str]]) -> list[Tile]:
    """Tiles of (code, name, value, text), shaded by rank in fifths: equal values share a shade, nothing has none."""
    rows = list(values)
    ranked = sorted({value for _, _, value, _ in rows if value > 0})
    shades = {value: 1 + place * SHADES // len(ranked) for place, value in enumerate(ranked)}
    return [
        Tile(
            code,
            name.removesuffix("市"),
            text,
            TILES[code][0] * TILE_WIDTH,
            TILES[code][1] * TILE_HEIGHT,
            shades.get(value, 0),
        )
        for code, name, value, text in rows
        if code in TILES
    ]


@dataclass(frozen=True, slots=True)
class Column:
    """One year of a trend."""

    name: str
    text: str
    x: int
    y: int
    height: int
    is_running: bool

    @property
    def middle(self) -> int:
        return self.x + COLUMN_WIDTH // 2


def columns(values: Sequence[tuple[str, Decimal, str, bool]]) -> list[Column]:
    """Columns of (name, value, text, still runs), as high as their share of the largest."""
    largest = max((value for _, value, _, _ in values), default=Decimal(0))
    room = COLUMN_FLOOR - COLUMN_TOP
    found = []
    for place, (name, value, text, is_running) in enumerate(values):
        height = int(value * room / largest) if largest > 0 and value > 0 else 0
        found.append(Column(name, text, 14 + place * COLUMN_STEP, COLUMN_FLOOR - height, height, is_running))
    return found


@dataclass(frozen=True, slots=True)
class Stream:
    """One flow from a holder on the left to a city on the right, as thick as its share of the largest."""

    path: str
    width: str
    index: int
    title: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A name at one end."""

    name: str
    text: str
    y: int


@dataclass(frozen=True, slots=True)
class Flows:
    """Streams with the names at both ends."""

    streams: list[Stream]
    left: list[Stop]
    right: list[Stop]
    height: int


def flows(rows: Iterable[tuple[str, str, int]]) -> Flows:
    """Flows of (from, to, how many); both ends in the order of their sums."""
    amounts: defaultdict[tuple[str, str], int] = defaultdict(int)
    for source, target, count in rows:
        amounts[source, target] += count
    left, right = _ends(amounts, 0), _ends(amounts, 1)
    largest = max(amounts.values(), default=0)
    streams = []
    for (source, target), count in sorted(amounts.items(), key=lambda item: -item[1]):
        start, end = left[source].y, right[target].y
        middle = (FLOW_LEFT + FLOW_RIGHT) // 2
        width = max(Decimal(count * FLOW_THICKEST) / largest, Decimal(1)).quantize(Decimal("0.1"))
        path = f"M{FLOW_LEFT} {start} C{middle} {start} {middle} {end} {FLOW_RIGHT} {end}"
        streams.append(
            Stream(path, str(width), list(left).index(source) % SHADES, f"{source} → {target}：{count} 件次")
        )
    height = FLOW_TOP * 2 + FLOW_STEP * max(len(left), len(right), 1)
    return Flows(streams, list(left.values()), list(right.values()), height)


def _ends(amounts: dict[tuple[str, str], int], side: int) -> dict[str, Stop]:
    sums: defaultdict[str, int] = defaultdict(int)
    for key, count in amounts.items():
        sums[key[side]] += count
    ordered = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return {
        name: Stop(name, f"{name} {total}", FLOW_TOP + place * FLOW_STEP + FLOW_STEP // 2)
        for place, (name, total) in enumerate(ordered)
    }
