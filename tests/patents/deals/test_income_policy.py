"""The arithmetic of inventors' shares."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patents.policy.income import Floor, Rates, check_rates, divide, equal_shares, percent, split
from portal.errors import Invalid

FEN = Decimal("0.01")
yuan = st.integers(min_value=0, max_value=10**13).map(lambda fen: Decimal(fen) / 100)


@st.composite
def shares(draw):
    """Up to 60 fractions with six places that sum to 1."""
    count = draw(st.integers(min_value=1, max_value=60))
    cuts = draw(st.lists(st.integers(1, 999_999), min_size=count - 1, max_size=count - 1, unique=True))
    points = [0, *sorted(cuts), 1_000_000]
    return [Decimal(b - a) / 1_000_000 for a, b in itertools.pairwise(points)]


@given(yuan, shares())
def test_split_sums_to_the_total_and_no_part_is_a_fen_off(total, fractions):
    parts = split(total, fractions)

    assert sum(parts) == total
    assert all(part == part.quantize(FEN) and part >= 0 for part in parts)
    assert all(abs(part - total * share) < FEN for part, share in zip(parts, fractions, strict=True))


@given(yuan, shares())
def test_split_gives_a_larger_share_never_less(total, fractions):
    parts = split(total, fractions)

    ordered = sorted(zip(fractions, parts, strict=True))
    assert [part for _, part in ordered] == sorted(parts) or all(
        later[1] >= earlier[1] for earlier, later in itertools.pairwise(ordered) if later[0] > earlier[0]
    )


@pytest.mark.parametrize(
    ("total", "fractions", "parts"),
    [
        ("100.00", ("0.333333", "0.333333", "0.333334"), ("33.33", "33.33", "33.34")),
        ("0.01", ("0.5", "0.5"), ("0.01", "0.00")),
        ("0.02", ("0.25", "0.25", "0.25", "0.25"), ("0.01", "0.01", "0.00", "0.00")),
        ("67900.00", ("0.5", "0.3", "0.2"), ("33950.00", "20370.00", "13580.00")),
        ("0.00", ("1",), ("0.00",)),
    ],
)
def test_split_worked_examples(total, fractions, parts):
    assert split(Decimal(total), [Decimal(one) for one in fractions]) == [Decimal(one) for one in parts]


@pytest.mark.parametrize("fractions", [("0.5", "0.49"), ("0.5", "0.500001"), ()])
def test_split_refuses_shares_that_do_not_sum_to_the_whole(fractions):
    with pytest.raises(Invalid, match="100%"):
        split(Decimal(100), [Decimal(one) for one in fractions])


@given(yuan, st.lists(yuan, max_size=5), st.integers(0, 100), st.data())
def test_divide_loses_nothing_and_keeps_the_floor(received, costs, inventor, data):
    office = data.draw(st.integers(0, 100 - inventor))
    rates = Rates(Decimal(inventor) / 100, "甲", Decimal(office) / 100, "乙")
    if sum(costs, Decimal(0)) > received:
        with pytest.raises(Invalid):
            divide(received, costs, rates)
        return

    found = divide(received, costs, rates)

    assert found.net == received - sum(costs, Decimal(0))
    assert found.inventors + found.office + found.institution == found.net
    assert found.inventors >= found.net * rates.inventor
    assert found.inventors - found.net * rates.inventor < FEN
    assert min(found.office, found.institution) >= 0


def test_divide_shows_each_step():
    found = divide(
        Decimal("100000.00"), [Decimal("3000.00")], Rates(Decimal("0.7"), "第34条", Decimal("0.1"), "第36条")
    )

    assert [(line.article, line.text, line.value) for line in found.lines] == [
        ("", "到账金额", "100,000.00"),
        ("", "减：直接成本 1 项", "3,000.00"),
        ("", "净收入", "97,000.00"),
        ("第34条", "完成人 70%", "67,900.00"),
        ("第36条", "转化机构和人员 10%", "9,700.00"),
        ("", "单位留存", "19,400.00"),
    ]


@pytest.mark.parametrize(
    ("inventor", "office", "field"),
    [("0.699999", "0.10", "inventor_rate"), ("0.70", "0.09", "office_rate"), ("0.85", "0.16", "inventor_rate")],
)
def test_rates_below_a_floor_or_above_the_whole_are_refused(inventor, office, field):
    rates = Rates(Decimal(inventor), "", Decimal(office), "")

    with pytest.raises(Invalid) as refusal:
        check_rates(rates, inventor_floor=Floor(Decimal("0.70"), "条例"), office_floor=Floor(Decimal("0.10"), "条例"))

    assert refusal.value.field == field


@given(st.integers(1, 60))
def test_equal_shares_sum_to_one(count):
    fractions = equal_shares(count)

    assert sum(fractions) == 1
    assert max(fractions) - min(fractions) <= Decimal("0.000001")


@pytest.mark.parametrize(
    ("share", "text"), [("0.7", "70%"), ("1", "100%"), ("0.333333", "33.3333%"), ("0.005", "0.5%"), ("0", "0%")]
)
def test_percent(share, text):
    assert percent(Decimal(share)) == text
