"""Offers: what is missing is said, entry asks for right and owners, terms end by themselves."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from patents.checks.listing import missing_in
from patents.models import Listing, Patent
from patents.queries.search import PatentSearch, find
from patents.services import (
    enter_pool,
    expire_listing,
    record_agreement,
    remove_listing,
    renew_listing,
    save_offer,
    withdraw_listing,
)
from portal import clock
from portal.dates import add_months
from portal.errors import Conflict, Invalid, NotAllowed, ServiceError, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.factories.accounts import OrganisationFactory, holder_user, province_user
from tests.factories.patents import OFFER, PatentFactory, held_patent

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder():
    return holder_user()


@pytest.fixture
def patent(holder):
    return held_patent(holder.organisation)


def listed(patent, by):
    return enter_pool(listing_id=save_offer(patent_id=patent.pk, by=by, offer=OFFER).pk, by=by)


def test_a_draft_says_what_is_missing(patent, holder):
    listing = save_offer(
        patent_id=patent.pk, by=holder, offer=replace(OFFER, effect="", price_low_amount=None, price_high_amount=None)
    )

    assert (listing.state, missing_in(listing)) == ("draft", ["技术效果", "意向价格（或者注明面议）"])
    with pytest.raises(Invalid, match="请先补充：技术效果、意向价格"):
        enter_pool(listing_id=listing.pk, by=holder)


def test_a_complete_offer_enters_for_the_term_of_the_rule_and_is_found_by_search(patent, holder):
    listing = listed(patent, holder)

    today = clock.today()
    assert (listing.state, listing.entered_on, listing.expires_on) == ("listed", today, add_months(today, 12))
    patent.refresh_from_db()
    assert (patent.maturity, patent.transfer_way, patent.price_amount) == (7, "licence", Decimal("200000.00"))
    assert list(Event.objects.order_by("pk").values_list("name", flat=True)) == [
        "patents.listing.updated", "patents.listing.entered",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"legal_status": "lapsed_unpaid"}, "该专利法律状态为“未缴年费终止”，须已授权且有效才能入库。"),
        ({"legal_status": "in_examination"}, "该专利法律状态为“实质审查中”，须已授权且有效才能入库。"),
        # Stated as valid long ago, but its term is over.
        ({"filed_on": dt.date(2003, 1, 2)}, "该专利法律状态为“期限届满”，须已授权且有效才能入库。"),
        ({"granted_on": None}, "平台没有该专利的授权公告日，请先补充。"),
    ],
)
def test_only_a_right_in_force_enters(holder, change, reason):
    patent = held_patent(holder.organisation, **change)
    listing = save_offer(patent_id=patent.pk, by=holder, offer=OFFER)

    with pytest.raises(Invalid) as refusal:
        enter_pool(listing_id=listing.pk, by=holder)

    assert refusal.value.message == reason
    assert Listing.objects.get().state == "draft"


def test_who_is_not_the_registered_owner_cannot_offer(holder):
    patent = PatentFactory(holder=holder.organisation, granted_on="2019-05-01")
    patent.parties.create(role="applicant", position=1, name="别的大学")
    listing = save_offer(patent_id=patent.pk, by=holder, offer=OFFER)

    with pytest.raises(Invalid, match=f"登记的专利权人为“别的大学”，不是“{holder.organisation.name}”。"):
        enter_pool(listing_id=listing.pk, by=holder)


def test_co_owners_agree_first(holder):
    patent = held_patent(holder.organisation, co_owners=["共有公司"])
    listing = save_offer(patent_id=patent.pk, by=holder, offer=OFFER)
    with pytest.raises(Invalid, match="共有人“共有公司”尚未同意入库。"):
        enter_pool(listing_id=listing.pk, by=holder)

    party = patent.parties.get(name="共有公司")
    record_agreement(party_id=party.pk, by=holder, agreed_on=dt.date(2026, 1, 5), agreement="2026-01-05 同意函")

    assert enter_pool(listing_id=listing.pk, by=holder).state == "listed"


def test_a_patent_is_offered_by_one_organisation_only(patent, holder):
    listing = save_offer(patent_id=patent.pk, by=holder, offer=OFFER)
    other = holder_user()
    Patent.objects.filter(pk=patent.pk).update(holder=other.organisation)

    with pytest.raises(Conflict) as refusal:
        save_offer(patent_id=patent.pk, by=other, offer=replace(OFFER, maturity=2))

    assert refusal.value.code == "offered_twice"
    listing.refresh_from_db()
    assert (listing.organisation, listing.maturity) == (holder.organisation, 7)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"maturity": 10}, "maturity"),
        ({"price_low_amount": Decimal(-1)}, "price_amount"),
        ({"price_low_amount": Decimal(400_000)}, "price_high_amount"),
        ({"price_low_amount": None}, "price_low_amount"),
        ({"price_high_amount": Decimal("350000.001")}, "price_high_amount"),
        ({"transfer_ways": ("licence", "licence")}, "transfer_ways"),
        ({"transfer_ways": ("gift",)}, "transfer_ways"),
        ({"contact_phone": "请来电"}, "contact_phone"),
    ],
)
def test_a_bad_value_names_its_field_and_nothing_is_written(patent, holder, change, field):
    with pytest.raises(Invalid) as refusal:
        save_offer(patent_id=patent.pk, by=holder, offer=replace(OFFER, **change))

    assert refusal.value.field == field
    assert (Listing.objects.count(), Event.objects.count()) == (0, 0)


def test_a_listing_in_the_pool_stays_complete(patent, holder):
    listing = listed(patent, holder)

    with pytest.raises(Invalid, match="该专利已入库，以下内容不能为空：技术效果。"):
        save_offer(patent_id=patent.pk, by=holder, offer=replace(OFFER, effect=""))

    listing.refresh_from_db()
    assert listing.effect == OFFER.effect


def test_renewal_runs_on_from_the_expiry(patent, holder):
    listing = listed(patent, holder)
    with pytest.raises(Invalid, match="距到期日较远"):
        renew_listing(listing_id=listing.pk, by=holder)
    soon = clock.today() + dt.timedelta(days=20)
    Listing.objects.update(expires_on=soon)

    renewed = renew_listing(listing_id=listing.pk, by=holder)

    assert (renewed.expires_on, renewed.renewal_count) == (add_months(soon, 12), 1)


def test_a_listing_that_nobody_renews_drops_out_and_its_holder_is_told(patent, holder):
    listing = listed(patent, holder)
    assert expire_listing(listing_id=listing.pk) is None
    Listing.objects.update(expires_on=clock.today() - dt.timedelta(days=1))

    expired = expire_listing(listing_id=listing.pk)

    assert (expired.state, expired.ended_on) == ("expired", clock.today())
    assert expire_listing(listing_id=listing.pk) is None
    assert Notice.objects.get().title == f"专利 {patent.display_number} 入库已到期退出"
    patent.refresh_from_db()
    assert patent.transfer_way == ""


def test_ending_asks_for_a_reason_and_the_right_person(patent, holder):
    listing = listed(patent, holder)
    with pytest.raises(Invalid, match="请填写理由"):
        withdraw_listing(listing_id=listing.pk, by=holder, reason=" ")
    with pytest.raises(NotAllowed):
        remove_listing(listing_id=listing.pk, by=holder, reason="不再提供")
    with pytest.raises(Patent.DoesNotExist):
        withdraw_listing(listing_id=listing.pk, by=holder_user(), reason="不再提供")

    removed = remove_listing(listing_id=listing.pk, by=province_user(), reason="信息不实")

    assert (removed.state, removed.reason) == ("removed", "信息不实")
    with pytest.raises(WrongState):
        withdraw_listing(listing_id=listing.pk, by=holder, reason="不再提供")
    assert save_offer(patent_id=patent.pk, by=holder, offer=OFFER).pk != listing.pk


def test_an_agreement_is_recorded_by_the_owner_or_the_co_owner(holder):
    partner = holder_user()
    patent = held_patent(holder.organisation, co_owners=["共有公司"])
    party = patent.parties.get(name="共有公司")

    with pytest.raises(type(party).DoesNotExist):
        record_agreement(party_id=party.pk, by=partner, agreed_on=dt.date(2026, 1, 5), agreement="同意函")
    with pytest.raises(ServiceError, match="同意日期不能晚于今天"):
        record_agreement(
            party_id=party.pk, by=holder, agreed_on=clock.today() + dt.timedelta(days=1), agreement="同意函"
        )

    party.organisation = partner.organisation
    party.save()
    record_agreement(party_id=party.pk, by=partner, agreed_on=dt.date(2026, 1, 5), agreement="同意函")
    party.refresh_from_db()
    assert (party.agreed_on, party.agreement) == (dt.date(2026, 1, 5), "同意函")


def test_an_official_offers_in_the_name_of_the_holder(patent, holder):
    listing = save_offer(patent_id=patent.pk, by=province_user(), offer=OFFER)

    assert listing.organisation == holder.organisation
    assert OrganisationFactory().listings.count() == 0


@pytest.mark.parametrize("ends_by", ["expiry", "withdrawal"])
def test_search_finds_an_offer_until_it_ends(patent, holder, ends_by):
    listing = listed(patent, holder)
    offered = PatentSearch(way=OFFER.transfer_ways[-1], maturity_from=OFFER.maturity)
    assert list(find(offered)) == [patent]

    if ends_by == "expiry":
        Listing.objects.update(expires_on=clock.today() - dt.timedelta(days=1))
        expire_listing(listing_id=listing.pk)
    else:
        withdraw_listing(listing_id=listing.pk, by=holder, reason="不再提供")

    assert list(find(offered)) == []
    assert list(find(PatentSearch())) == [patent]
