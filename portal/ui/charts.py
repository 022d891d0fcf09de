"""Where the parts of a chart lie; the template draws them."""

from dataclasses import dataclass
from decimal import Decimal

BAR_STEP = 28  # pixels from one bar to the next
BAR_START, LONGEST_BAR = 19, 50  # per cent of the chart's width; what is left of it holds the longest bar's text
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `y` in pixels, the rest in per cent of the chart's width."""

    name: str
    text: str
    y: int
    width: str

    @property
    def text_x(self) -> str:
        return str(BAR_START + Decimal(self.width))


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars one below the other."""

    bars: list[Bar]

    @property
    def height(self) -> int:
        return BAR_STEP * len(self.bars)


def share_of(value: Decimal | int, largest: Decimal | int) -> str:
    """How long a bar is in the row of a table, in per cent of its cell; a value that is not nothing is seen."""
    share = (Decimal(value) * 100 / largest).quantize(_TENTH) if largest else Decimal(0)
    return str(max(share, Decimal(1)) if value else Decimal(0))


def bar_chart(values: list[tuple[str, Decimal, str]]) -> Chart:
    """A chart of (name, value, the value in words), each bar as wide as its share of the largest value, longest first."""
    largest = max((value for _, value, _ in values), default=Decimal(0))
    ordered = sorted(values, key=lambda item: -item[1])
    bars = []
    for place, (name, value, text) in enumerate(ordered):
        width = (value * LONGEST_BAR / largest).quantize(_TENTH) if largest else Decimal("0.0")
        bars.append(Bar(name, text, place * BAR_STEP, str(width)))
    return Chart(bars)
