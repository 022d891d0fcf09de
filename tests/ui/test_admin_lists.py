"""How the admin's lists show values."""

from decimal import Decimal

import pytest

from tests.factories.accounts import city_user, province_user
from tests.factories.finance import ProductFactory, ProjectFactory

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
