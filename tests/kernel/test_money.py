"""Amounts: parsing, rounding and showing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import money
from portal.errors import Invalid


@pytest.mark.parametrize(
    ("raw", "rounded"),
    [("0.005", "0.01"), ("0.004999", "0.00"), ("2.675", "2.68"), ("-0.005", "-0.01"), ("1", "1.00")],
)
def test_round_fen_is_half_up(raw: str, rounded: str) -> None:
    assert str(money.round_fen(Decimal(raw))) == rounded


@pytest.mark.parametrize(
    ("text", "unit", "yuan"),
    [
        ("1234.5", "元", "1234.50"),
        ("1,234,567.80", "元", "1234567.80"),
        ("１２３．４", "元", "123.40"),
        ("￥300万元", "元", "3000000.00"),
        ("0.8 亿", "元", "80000000.00"),
        ("人民币 12 元", "万元", "12.00"),
        ("12.3456", "万元", "123456.00"),
        (12.1, "万元", "121000.00"),
        (0.1 + 0.2, "元", "0.30"),
        ("-5", "元", "-5.00"),
        (".5", "元", "0.50"),
    ],
)
def test_parse_amount(text: object, unit: str, yuan: str) -> None:
    assert str(money.parse_amount(text, unit=unit)) == yuan


@pytest.mark.parametrize("text", ["", "面议", "1,23", "12.3.4", "约100万", "nan", "1e5", "10-20万", "9" * 40])
def test_parse_amount_refuses(text: str) -> None:
    with pytest.raises(Invalid):
        money.parse_amount(text)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "0.00 元"),
        ("9999.99", "9,999.99 元"),
        ("9999.995", "1.00 万元"),
        ("567890", "56.79 万元"),
        ("99999949", "9,999.99 万元"),
        ("99999950", "1.00 亿元"),
        ("1230000000", "12.30 亿元"),
        ("-20000", "-2.00 万元"),
    ],
)
def test_short(amount: str, shown: str) -> None:
    assert money.short(Decimal(amount)) == shown


def test_exact_keeps_every_fen() -> None:
    assert money.exact(Decimal("1234567.8")) == "1,234,567.80"


@given(st.decimals(min_value=0, max_value=10**15, places=2))
def test_exact_round_trips(amount: Decimal) -> None:
    assert money.parse_amount(money.exact(amount)) == amount


@given(st.text() | st.floats() | st.integers())
def test_parse_amount_never_crashes(value: object) -> None:
    try:
        amount = money.parse_amount(value)
    except Invalid:
        return
    assert amount == money.round_fen(amount)
