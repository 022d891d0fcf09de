"""What looks made for the statistics: found with a reason, shown apart, decided by an officer with a reason."""

import datetime as dt
from decimal import Decimal

import pytest

from patents.enums.deals import DealKind, Pricing
from portal import clock
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from stats.enums.figures import FlagState, RefreshKind
from stats.models import CountedRow, IndicatorValue, Suspicion
from stats.services import decide_suspicion, find_suspicions, refresh
from tests.factories.accounts import city_user, province_user
from tests.factories.deals import paid, recorded
from tests.factories.patents import PatentFactory
from tests.stats.loans import loan

pytestmark = pytest.mark.django_db


def found():
    refresh(kind=RefreshKind.ALL)
    find_suspicions()
    refresh(kind=RefreshKind.CHANGES)
    return sorted(Suspicion.objects.values_list("kind", "ref"))


def test_related_parties_and_free_deals():
    related, *_ = recorded({"is_related_party": True})
    free, *_ = recorded()
    free.contract.__class__.objects.filter(deal=free).update(pricing=Pricing.FREE, value_amount=0)

    assert found() == sorted([("free", free.ref), ("related", related.ref)])


def test_value_without_money_after_a_year_only():
    old, *_ = recorded()
    recorded()
    paid()
    old.contract.__class__.objects.filter(deal=old).update(signed_on=clock.today() - dt.timedelta(days=366))

    assert found() == [("no_money", old.ref)]


def test_a_patent_that_goes_back_is_a_round_trip_of_both_deals():
    first, _holder, _firm = recorded(kind=DealKind.TRANSFER)
    back, *_ = recorded(kind=DealKind.TRANSFER)
    back.items.update(patent=first.items.get().patent)
    giver, receiver = (first.parties.get(side=side) for side in ("giver", "receiver"))
    back.parties.filter(side="giver").update(name=receiver.name, uscc=receiver.uscc)
    back.parties.filter(side="receiver").update(name=giver.name, uscc=giver.uscc)

    assert found() == sorted([("round_trip", first.ref), ("round_trip", back.ref)])


def test_quarter_end_burst_needs_many_and_most():
    for day in ("2025-03-27", "2025-03-28", "2025-03-29", "2025-03-30", "2025-03-31"):
        loan("370100", day, "100.00")
    loan("370100", "2025-02-01", "100.00")
    loan("370200", "2025-03-31", "100.00")

    kinds = {kind for kind, _ in found()}

    assert kinds == {"quarter_end"}
    assert Suspicion.objects.count() == 5
    assert Suspicion.objects.first().reason == "2025 年第 1 季度该市 6 项中有 5 项集中在最后 5 天。"
    value = IndicatorValue.objects.get(code="I12", year=2025, quarter=1, city_code="370100", split="")
    assert (value.value, value.flagged) == (6, 5)


def test_a_patent_behind_loans_of_two_firms_is_a_chain():
    first, second, alone = (loan("370100", day, "100.00") for day in ("2024-02-01", "2025-02-03", "2025-02-04"))
    shared = PatentFactory()
    for one, patent in ((first, shared), (second, shared), (alone, PatentFactory())):
        one.placement.project.collateral.create(patent=patent)

    refs = [one.placement.project.ref for one in (first, second)]
    assert found() == sorted(("chain_pledge", ref) for ref in refs)
    assert set(Suspicion.objects.values_list("reason", flat=True)) == {"质押专利先后担保 2 笔贷款，涉及 2 家企业。"}


@pytest.mark.parametrize(("count", "amount", "expected"), [(5, "10000.00", 5), (4, "10000.00", 0), (5, "10000.01", 0)])
def test_many_tiny_deals_of_one_pair_within_a_month(count, amount, expected):
    deals = [recorded()[0] for _ in range(count)]
    giver, receiver = (deals[0].parties.get(side=side) for side in ("giver", "receiver"))
    for place, deal in enumerate(deals):
        deal.parties.filter(side="giver").update(name=giver.name, uscc=giver.uscc)
        deal.parties.filter(side="receiver").update(name=receiver.name, uscc=receiver.uscc)
        signed = clock.today() - dt.timedelta(days=30 - 7 * place)
        deal.contract.__class__.objects.filter(deal=deal).update(value_amount=Decimal(amount), signed_on=signed)

    kinds = [kind for kind, _ in found() if kind == "repeated"]

    assert len(kinds) == expected
    assert set(Suspicion.objects.filter(kind="repeated").values_list("reason", flat=True)) <= {
        "同一双方在 30 天内签订 5 份小额合同。"
    }


def test_the_same_search_again_finds_nothing_new_and_a_cleared_one_stays_cleared():
    recorded({"is_related_party": True})
    found()
    one = Suspicion.objects.get()
    decide_suspicion(suspicion_id=one.pk, by=province_user(), state=FlagState.CLEARED, reason="已核对股权结构。")

    assert find_suspicions() == 0
    refresh(kind=RefreshKind.ALL)
    assert not CountedRow.objects.filter(is_flagged=True).exists()


def test_clearing_changes_the_numbers_at_once():
    deal, *_ = recorded({"is_related_party": True})
    found()
    year = deal.effective_on.year
    values = IndicatorValue.objects.filter(code="I02", year=year, quarter=0, city_code="", split="")
    assert values.get().flagged == values.get().value == Decimal("300000.00")

    decide_suspicion(
        suspicion_id=Suspicion.objects.get().pk, by=province_user(), state=FlagState.CLEARED, reason="属实。"
    )

    assert (values.get().value, values.get().flagged) == (Decimal("300000.00"), 0)


def test_only_the_province_decides_and_only_with_a_reason():
    recorded({"is_related_party": True})
    found()
    one = Suspicion.objects.get()

    with pytest.raises(NotAllowed):
        decide_suspicion(suspicion_id=one.pk, by=city_user("370100"), state=FlagState.CLEARED, reason="属实。")
    with pytest.raises(Invalid):
        decide_suspicion(suspicion_id=one.pk, by=province_user(), state=FlagState.CLEARED, reason=" ")
    with pytest.raises(WrongState):
        decide_suspicion(suspicion_id=one.pk, by=province_user(), state=FlagState.OPEN, reason="再看。")
    with pytest.raises(NotFound):
        decide_suspicion(suspicion_id=0, by=province_user(), state=FlagState.CLEARED, reason="属实。")
    assert Suspicion.objects.get().state == FlagState.OPEN


def test_page_decides_and_another_citys_is_not_there(client):
    _deal, *_ = recorded({"is_related_party": True})
    found()
    one = Suspicion.objects.get()
    client.force_login(city_user("370900" if one.city_code != "370900" else "370100"))
    assert client.get(f"/stats/suspicions/{one.pk}/").status_code == 404

    client.force_login(province_user())
    refused = client.post(f"/stats/suspicions/{one.pk}/", {"state": "cleared", "reason": ""})
    client.post(f"/stats/suspicions/{one.pk}/", {"state": "cleared", "reason": "属实。"})

    assert refused.status_code == 422
    one.refresh_from_db()
    assert (one.state, one.decision) == ("cleared", "属实。")
