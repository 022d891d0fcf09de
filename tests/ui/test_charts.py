from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ui.charts import LONGEST_BAR, bar_chart, share_of


def test_bars_are_as_wide_as_their_share_longest_first():
    chart = bar_chart([("济南市", Decimal(50), "50"), ("青岛市", Decimal(200), "200"), ("淄博市", Decimal(0), "0")])

    assert [(bar.name, bar.width, bar.y, bar.text_x) for bar in chart.bars] == [
        ("青岛市", "50.0", 0, "69.0"),
        ("济南市", "12.5", 28, "31.5"),
        ("淄博市", "0.0", 56, "19.0"),
    ]
    assert chart.height == 84


@pytest.mark.parametrize(
    ("value", "largest", "width"), [(5, 5, "100.0"), (1, 3, "33.3"), (1, 1000, "1"), (0, 5, "0"), (0, 0, "0")]
)
def test_a_bar_in_a_row_is_as_long_as_its_share_and_seen_unless_it_is_nothing(value, largest, width):
    assert share_of(value, largest) == width


@given(st.lists(st.decimals(0, 10**14, places=2), max_size=20))
def test_no_bar_is_longer_than_the_longest(values):
    widths = [Decimal(bar.width) for bar in bar_chart([("市", value, "") for value in values]).bars]

    assert widths == sorted(widths, reverse=True)
    assert max(widths, default=0) == (LONGEST_BAR if any(values) else 0)
