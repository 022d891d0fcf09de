"""The 16 cities."""

import pytest

from portal import regions
from portal.errors import Invalid
from tests.real_data import shared_rows


def test_there_are_sixteen_cities() -> None:
    assert len(regions.CITIES) == 16


@pytest.mark.parametrize(
    ("code", "city"),
    [("370900", "370900"), ("370902", "370900"), ("371202", "370100"), ("371200", "370100"), ("370000", "370000")],
)
def test_city_of(code: str, city: str) -> None:
    assert regions.city_of(code) == city


@pytest.mark.parametrize("code", ["", "37", "3709", "110000", "371800", "37090x", "３７０９００", "3709000"])
def test_city_of_refuses_what_is_not_in_the_province(code: str) -> None:
    with pytest.raises(Invalid):
        regions.city_of(code)


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("泰安", "370900"),
        ("泰安市", "370900"),
        ("山东省泰安市", "370900"),
        (" 370900 ", "370900"),
        (370900, "370900"),
        ("莱芜市", "370100"),
    ],
)
def test_parse_city(text: object, city: str) -> None:
    assert regions.parse_city(text) == city


@pytest.mark.parametrize("text", ["", "安", "北京市", "山东省", "370000", None])
def test_parse_city_refuses(text: object) -> None:
    with pytest.raises(Invalid):
        regions.parse_city(text)


def test_name_of() -> None:
    assert (regions.name_of("371203"), regions.name_of("370000")) == ("济南市", "山东省")


def test_every_real_area_belongs_to_a_city() -> None:
    rows = shared_rows("codes/shandong_areas.csv")

    cities = {regions.city_of(row["code"]) for row in rows}

    assert cities == set(regions.CITIES)
