"""How the admin's lists show values."""

from decimal import Decimal

import pytest

from events.models import Event
from finance.models import Loan
from patents.models import Listing
from portal.ui.admin import readable_field
from portal.ui.history import shown_value
from tests.factories.accounts import city_user, province_user
from tests.factories.finance import ProductFactory, ProjectFactory, lent_project

pytestmark = pytest.mark.django_db


def test_lists_show_money_with_separators(client):
    ProductFactory(min_amount=Decimal("100000.00"), max_amount=Decimal("10000000.50"))
    client.force_login(province_user())

    page = client.get("/admin/finance/product/").content.decode()

    assert ("100,000.00" in page, "10,000,000.50" in page, "100000.00" in page) == (True, True, False)


def test_lists_sort_by_money(client):
    for amount in ("300000.00", "100000.00", "200000.00"):
        ProductFactory(min_amount=Decimal(amount))
    client.force_login(province_user())

    response = client.get("/admin/finance/product/?o=2")

    assert [str(row.min_amount) for row in response.context["cl"].result_list] == [
        "100000.00",
        "200000.00",
        "300000.00",
    ]


def test_lists_invite_in_chinese(client):
    ProjectFactory()
    client.force_login(city_user())

    page = client.get("/admin/finance/project/").content.decode()

    assert '<option value="" selected>选择操作</option>' in page
    assert 'placeholder="输入关键词检索"' in page


def test_a_shown_row_has_amounts_and_rates_in_the_readers_words(client):
    project, _ = lent_project()
    loan = Loan.objects.get(placement__project=project)
    Loan.objects.filter(pk=loan.pk).update(principal=Decimal("4500000.00"), annual_rate=Decimal("0.040500"))
    client.force_login(province_user())

    page = client.get(f"/admin/finance/loan/{loan.pk}/change/").content.decode()

    assert "4,500,000.00" in page
    assert "4.05 %" in page
    assert (">ID<" in page, "4500000.00</div>" in page, "0.0405" in page) == (
        False,
        False,
        False,
    )
    assert f"{project.ref} → {loan.placement.institution.name}" in page


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("transfer_ways", ["investment", "open_licence"], "作价投资、开放许可"),
        ("transfer_ways", [], ""),
        ("price_low_amount", Decimal("350000.00"), "350,000.00"),
        ("price_low_amount", None, ""),
    ],
)
def test_a_shown_field_in_the_readers_words(name, value, words):
    shown = readable_field(Listing._meta.get_field(name))

    assert shown(Listing(**{name: value})) == words


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("state", "draft", "草稿"),
        ("takes_signups", False, "否"),
        ("capacity", None, "空"),
        ("capacity", 0, 0),
        ("title", "专场", "专场"),
    ],
)
def test_a_replaced_value_in_the_readers_words(name, value, words):
    assert shown_value(Event, name, value) == words
