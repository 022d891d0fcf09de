"""Rows that hang on a patent, and what the database itself refuses."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import InternalError

from patents.enums import Overlay
from patents.models import LegalEvent, Listing, PatentParty
from patents.queries.legal import has_overlay, is_in_force, overlays_of
from patents.queries.parties import is_owner, owners_of
from tests.factories.accounts import OrganisationFactory
from tests.factories.patents import PatentFactory

pytestmark = pytest.mark.django_db


def test_a_design_with_an_ipc_class_is_refused_by_the_database():
    with pytest.raises(IntegrityError, match="patent_class_fits_kind"), transaction.atomic():
        PatentFactory(kind="design", main_class="B23Q3/06")
    with pytest.raises(IntegrityError, match="patent_class_fits_kind"), transaction.atomic():
        PatentFactory(kind="invention", main_class="09-01")
    assert PatentFactory(kind="design", main_class="09-01").classes == ["09-01"]


def test_a_patent_has_one_open_listing():
    patent = PatentFactory()
    Listing.objects.create(patent=patent)

    with pytest.raises(IntegrityError, match="listing_one_open"), transaction.atomic():
        Listing.objects.create(patent=patent)
    Listing.objects.create(patent=patent, state="withdrawn", ended_on="2026-01-01")


def test_a_legal_event_is_never_changed():
    event = LegalEvent.objects.create(
        patent=PatentFactory(), code="PE01", on="2026-01-01", source="form", status_before="valid", status_after="valid"
    )

    with pytest.raises(InternalError, match="never_changed"), transaction.atomic():
        LegalEvent.objects.update(on="2026-02-01")
    with pytest.raises(InternalError, match="never_deleted"), transaction.atomic():
        event.delete()


def test_owners_are_the_applicants_until_holders_are_recorded():
    patent = PatentFactory()
    university = OrganisationFactory(name="齐鲁试验大学")
    PatentParty.objects.create(patent=patent, role="applicant", position=1, name="齐鲁试验大学")

    assert [party.name for party in owners_of(patent)] == ["齐鲁试验大学"]
    assert is_owner(university, owners_of(patent)) is True

    PatentParty.objects.create(patent=patent, role="holder", position=1, name="受让有限公司")

    assert [party.name for party in owners_of(patent)] == ["受让有限公司"]
    assert is_owner(university, owners_of(patent)) is False


def test_overlays_are_asked_of_one_patent_and_of_many():
    pledged = PatentFactory(overlays=["pledged", "open_licence"])
    PatentFactory()

    assert overlays_of(pledged) == {Overlay.PLEDGED, Overlay.OPEN_LICENCE}
    assert list(has_overlay(type(pledged).objects.all(), Overlay.PLEDGED, Overlay.FROZEN)) == [pledged]


def test_in_force_ends_with_the_term():
    patent = PatentFactory(filed_on=dt.date(2017, 7, 21))

    assert is_in_force(patent, on=dt.date(2037, 7, 20)) is True
    assert is_in_force(patent, on=dt.date(2037, 7, 21)) is False
