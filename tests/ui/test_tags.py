from decimal import Decimal

from portal.ui.templatetags.ui import bar_segments


def test_bar_segments_share_the_bar_by_value():
    parts = [{"label": "名称用词", "value": Decimal("6.0")}, {"label": "技术领域", "value": Decimal("2.0")}]

    assert bar_segments(parts, Decimal("8.0")) == [
        {"label": "名称用词", "value": Decimal("6.0"), "x": 0.0, "width": 75.0, "index": 0},
        {"label": "技术领域", "value": Decimal("2.0"), "x": 75.0, "width": 25.0, "index": 1},
    ]


def test_bar_segments_of_nothing_have_no_width():
    assert [part["width"] for part in bar_segments([{"label": "名称用词", "value": Decimal(0)}], Decimal(0))] == [0.0]
