"""An accepted open licence is one deal: its fee is the value, its payment the money, counted once."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile

from patents import services
from patents.models import Deal, DealContract, MoneyReceived
from patents.policy.deal_terms import MoneyFacts, SupplementTerms
from patents.policy.licences import FeeTerms
from patents.queries.deals import board
from patents.services import deals
from patents.services.deals.proof import proof_pack
from portal import clock
from portal.dates import add_months
from portal.errors import Conflict, Invalid
from portal.outbox.models import Event
from tests.factories.accounts import UserFactory, city_user, holder_user
from tests.factories.deals import pdf, refreshed, talks, terms
from tests.factories.licences import ROYALTY, TWO_TIER, accepted, own_patent, published

pytestmark = pytest.mark.django_db

ONE_OFF = FeeTerms(kind="one_off", fixed_amount=Decimal("80000.00"))
PARTS = FeeTerms(kind="instalments", fixed_amount=Decimal("100000.00"), instalment_count=3, settlement="half_year")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def taken(fees, paid):
    """An acceptance of a licence at these terms, `paid` being due with the notice."""
    licence, holder = published(terms=fees)
    day = clock.today() if paid else None
    acceptance, firm = accepted(licence, paid_amount=Decimal(paid), paid_on=day, payment_number="HK-1" if paid else "")
    return acceptance, holder, firm


def months_on(months):
    return add_months(clock.today(), months)


@pytest.mark.parametrize(
    ("fees", "paid", "contract", "plan"),
    [
        (ONE_OFF, "80000.00", ("fixed", "80000.00", None), [(0, "80000.00")]),
        (PARTS, "33333.33", ("fixed", "100000.00", None), [(0, "33333.33"), (6, "33333.33"), (12, "33333.34")]),
        (ROYALTY, "0", ("royalty", None, "0.050000"), []),
        (TWO_TIER, "50000.00", ("entry_royalty", "50000.00", "0.030000"), [(0, "50000.00")]),
    ],
)
def test_acceptance_opens_a_deal_with_the_declared_fee(fees, paid, contract, plan):
    acceptance, holder, firm = taken(fees, paid)

    deal = Deal.objects.get()
    kept = DealContract.objects.get()
    assert (deal, deal.kind, deal.state, deal.origin, deal.origin_ref) == (
        acceptance.deal, "open_licence", "contract", "open_licence", acceptance.ref,
    )  # fmt: skip
    value, rate = contract[1] and Decimal(contract[1]), contract[2] and Decimal(contract[2])
    assert (kept.pricing, kept.value_amount, kept.royalty_rate, kept.price_way) == (
        contract[0],
        value,
        rate,
        "declared",
    )
    assert [(line.due_on, line.amount) for line in kept.plan.all()] == [
        (months_on(months), Decimal(amount)) for months, amount in plan
    ]
    sides = [(party.side, party.organisation) for party in deal.parties.all()]
    assert sides == [("giver", holder.organisation), ("receiver", firm.organisation)]
    assert (kept.confirmed_by, kept.valid_to, deal.record_by) == (firm, acceptance.licence_to, acceptance.record_due_on)


def test_notice_is_a_document_of_the_deal():
    acceptance, _, firm = taken(TWO_TIER, "50000.00")

    document = acceptance.deal.documents.get()

    with document.file.open("rb") as stored:
        text = stored.read().decode("utf-8-sig")
    assert (document.kind, document.uploaded_by) == ("notice", firm)
    assert acceptance.notice_text in text
    assert "固定费用（元）：50000.00" in text
    assert proof_pack(deal_id=acceptance.deal.pk, by=firm)[:2] == b"PK"


def test_payment_and_record_of_the_acceptance_move_its_deal():
    acceptance, holder, firm = taken(TWO_TIER, "50000.00")
    today = clock.today()

    services.confirm_payment(ref=acceptance.ref, by=holder, received_on=today, file=pdf())
    after_payment = refreshed(acceptance.deal).state
    services.record_acceptance(ref=acceptance.ref, by=firm, recorded_on=today, record_number="BA-9")

    deal = refreshed(acceptance.deal)
    assert (after_payment, deal.state, deal.record_number, deal.recorded_on) == ("contract", "paying", "BA-9", today)
    assert [(row.kind, row.amount) for row in MoneyReceived.objects.all()] == [("price", Decimal("50000.00"))]
    told = Event.objects.filter(name__startswith="patents.deal.").order_by("pk").values_list("name", flat=True)
    assert list(told) == ["patents.deal.contract_signed", "patents.deal.money_received", "patents.deal.recorded"]


def test_an_official_may_enter_the_record():
    acceptance, *_ = taken(ROYALTY, "0")
    official = city_user(acceptance.firm.city_code)

    services.record_acceptance(ref=acceptance.ref, by=official, recorded_on=clock.today(), record_number="BA-1")

    assert refreshed(acceptance.deal).state == "recorded"


def test_first_payment_is_entered_once():
    acceptance, holder, _ = taken(TWO_TIER, "50000.00")
    deal = acceptance.deal
    payer = deal.parties.get(side="receiver")
    facts = MoneyFacts("price", Decimal("50000.00"), clock.today(), payer.pk)

    with pytest.raises(Conflict) as refused:
        deals.record_money(deal_id=deal.pk, by=holder, facts=facts, file=pdf())
    services.confirm_payment(ref=acceptance.ref, by=holder, received_on=clock.today(), file=pdf())
    with pytest.raises(Invalid) as too_much:
        deals.record_money(deal_id=deal.pk, by=holder, facts=facts, file=pdf())

    assert (refused.value.code, too_much.value.field) == ("payment_waits", "amount")
    assert MoneyReceived.objects.count() == 1
    royalty = MoneyFacts("royalty", Decimal("1234.56"), clock.today(), payer.pk)
    deals.record_money(deal_id=deal.pk, by=holder, facts=royalty, file=pdf())
    assert MoneyReceived.objects.count() == 2


def test_confirmed_payment_needs_its_paper():
    acceptance, holder, _ = taken(TWO_TIER, "50000.00")

    for file in (None, ContentFile(b"no pdf", name="a.pdf")):
        with pytest.raises(Invalid) as refused:
            services.confirm_payment(ref=acceptance.ref, by=holder, received_on=clock.today(), file=file)
        assert refused.value.field == "file"

    acceptance.refresh_from_db()
    assert (acceptance.payment_confirmed_on, MoneyReceived.objects.count()) == (None, 0)


def test_terms_of_an_open_licence_are_not_talked_about():
    acceptance, holder, _ = taken(ONE_OFF, "80000.00")
    change = SupplementTerms("BC-1", clock.today(), "降价", Decimal("70000.00"))

    with pytest.raises(Conflict) as refused:
        deals.propose_supplement(deal_id=acceptance.deal.pk, by=holder, terms=change, file=pdf())
    with pytest.raises(Invalid, match="请在该专利的开放许可页面接受"):
        talks(kind="open_licence")

    assert refused.value.code == "open_licence"


def test_no_exclusive_licence_beside_an_accepted_one():
    holder = holder_user()
    patent = own_patent(holder)
    acceptance, _firm = accepted(published(holder, patent)[0])
    services.withdraw_open_licence(ref=acceptance.open_licence.ref, by=holder, reason="改为独占许可")
    other = UserFactory(role="sme")
    deal = deals.start_talks(by=holder, patent_ids=[patent.pk], kind="exclusive", receiver_id=other.organisation_id)

    with pytest.raises(Conflict, match=f"开放许可（交易 {acceptance.deal.ref}"):
        deals.sign_contract(
            deal_id=deal.pk,
            by=holder,
            terms=terms(
                deal, signed_on=clock.today(), valid_from=clock.today(), price_way="listing",
                valid_to=clock.today() + dt.timedelta(days=300),
            ),
            file=pdf(),
        )  # fmt: skip


def test_board_of_both_sides_shows_the_licence_once():
    acceptance, holder, firm = taken(TWO_TIER, "50000.00")

    for user in (holder, firm):
        shown = {column["state"]: [deal.ref for deal in column["deals"]] for column in board(user)}
        assert {state: refs for state, refs in shown.items() if refs} == {"contract": [acceptance.deal.ref]}
