"""Size classes: the notice's worked examples and every boundary."""

from decimal import Decimal

import pytest

from portal.accounts.enums import SizeClass
from portal.errors import Invalid
from portal.size_class import THRESHOLDS, Metric, industry_of, size_class

WAN = Decimal(10_000)


@pytest.mark.parametrize(
    ("industry", "emp", "rev", "tier"),
    [
        ("industry", 1000, 39999, SizeClass.MEDIUM),
        ("industry", 1000, 40000, SizeClass.LARGE),
        ("industry", 19, 50000, SizeClass.MICRO),
        ("software_it_services", 120, 900, SizeClass.SMALL),
    ],
)
def test_worked_examples(industry: str, emp: int, rev: int, tier: SizeClass) -> None:
    assert size_class(industry, emp, rev * WAN) == tier


@pytest.mark.parametrize("step", [0, 1, 2])
@pytest.mark.parametrize("industry", THRESHOLDS)
def test_floor_is_included_and_one_below_is_not(industry: str, step: int) -> None:
    at = {metric: Decimal(floors[step]) for metric, floors in THRESHOLDS[industry].items()}
    tiers = [SizeClass.LARGE, SizeClass.MEDIUM, SizeClass.SMALL, SizeClass.MICRO]

    def tier(figures: dict[Metric, Decimal]) -> SizeClass:
        emp = figures.get(Metric.EMPLOYEES)
        money = {m: figures[m] * WAN for m in (Metric.REVENUE, Metric.ASSETS) if m in figures}
        return size_class(
            industry, None if emp is None else int(emp), money.get(Metric.REVENUE), money.get(Metric.ASSETS)
        )

    assert tier(at) == tiers[step]
    for metric, floor in at.items():
        assert tier(at | {metric: floor - 1}) == tiers[step + 1]


def test_missing_figure_is_named() -> None:
    with pytest.raises(Invalid) as refusal:
        size_class("industry", 100, None)

    assert (refusal.value.message, refusal.value.field) == ("缺少营业收入，不能划型。", "rev")


@pytest.mark.parametrize(
    ("code", "industry"),
    [
        ("A", "agriculture"),
        ("C3512", "industry"),
        ("3512", "industry"),
        ("46", "industry"),
        ("47", "construction"),
        ("5137", "wholesale"),
        ("F5211", "retail"),
        ("6513", "software_it_services"),
        ("7010", "real_estate_development"),
        ("K7020", "property_management"),
        ("72", "leasing_business_services"),
        ("M", "other_unlisted"),
        ("m7320", "other_unlisted"),
    ],
)
def test_industry_of(code: str, industry: str) -> None:
    assert industry_of(code) == industry


@pytest.mark.parametrize("code", ["", "J", "J66", "6620", "53", "S91", "T97", "98", "00", "A65", "5", "C351２", "行业"])
def test_industry_outside_the_notice_is_refused(code: str) -> None:
    with pytest.raises(Invalid):
        industry_of(code)
