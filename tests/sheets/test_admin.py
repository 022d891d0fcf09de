"""Imports in the admin."""

from typing import Any

import pytest
from django.test import Client

from portal.sheets.models import SheetImport
from tests.factories.accounts import city_user, province_user, sme_user

pytestmark = pytest.mark.django_db


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def received(user: Any) -> SheetImport:
    return SheetImport.objects.create(
        kind="patents.pool", file_name="清单.xlsx", sha256="0" * 64, size_bytes=1, organisation=user.organisation
    )


def test_officials_see_imports_of_their_own_city_only() -> None:
    mine = city_user("370900")
    own, other = received(mine), received(city_user("370200"))
    client = signed_in(mine)

    assert client.get("/admin/sheets/sheetimport/").content.decode().count("清单.xlsx") == 1
    assert client.get(f"/admin/sheets/sheetimport/{own.pk}/change/").status_code == 200
    assert client.get(f"/admin/sheets/sheetimport/{other.pk}/change/").status_code == 404


def test_nobody_changes_or_deletes_an_import() -> None:
    user = province_user()
    client = signed_in(user)
    row = received(city_user())

    assert client.get("/admin/sheets/sheetimport/add/").status_code == 403
    assert client.post(f"/admin/sheets/sheetimport/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert SheetImport.objects.filter(pk=row.pk).exists()


def test_firms_do_not_see_the_page() -> None:
    assert signed_in(sme_user()).get("/admin/sheets/sheetimport/").status_code in {302, 403}
