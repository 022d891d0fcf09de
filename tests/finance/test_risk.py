"""Losses divided by the rule of their day, paid from a pool by two persons, recovered in the same ratio."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.utils import InternalError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from finance import services
from finance.consumers import find_losses
from finance.models import LossClaim, LossRecovery, PoolEntry, RiskPool
from finance.policy.risk import Split, parts_of, read_split, recovered_parts
from finance.queries.risk import split_rule
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.outbox.models import Event
from tests.factories.accounts import city_user, finance_user, province_user, sme_user
from tests.factories.finance import entry, lent_project
from tests.factories.policy import load_shipped

D = dt.date
PROVINCE = Split({"pool": Decimal("0.40"), "bank": Decimal("0.60")}, "bank")
QINGDAO = Split({"insurer": Decimal("0.6"), "bank": Decimal("0.2"), "guarantor": Decimal("0.2")}, "insurer")
MONEY = st.decimals("1.00", "99999999.99", places=2)


@pytest.mark.parametrize(
    ("amount", "split", "parts"),
    [
        ("1000000.00", PROVINCE, {"pool": "400000.00", "bank": "600000.00"}),
        ("0.01", PROVINCE, {"pool": "0.00", "bank": "0.01"}),
        ("333333.33", PROVINCE, {"pool": "133333.33", "bank": "200000.00"}),
        ("1000000.00", QINGDAO, {"insurer": "600000.00", "bank": "200000.00", "guarantor": "200000.00"}),
        # Half a fen each goes up; the insurer takes what is left.
        ("100.03", QINGDAO, {"insurer": "60.01", "bank": "20.01", "guarantor": "20.01"}),
    ],
)
def test_parts_of_a_loss(amount, split, parts):
    assert parts_of(Decimal(amount), split) == {party: Decimal(part) for party, part in parts.items()}


@given(amount=MONEY, split=st.sampled_from([PROVINCE, QINGDAO]))
def test_parts_add_up_to_the_fen(amount, split):
    assert sum(parts_of(amount, split).values()) == amount


@given(pieces=st.lists(MONEY, min_size=1, max_size=8), split=st.sampled_from([PROVINCE, QINGDAO]))
def test_many_recoveries_come_to_what_one_would(pieces, split):
    before, sums = Decimal("0.00"), dict.fromkeys(split.shares, Decimal("0.00"))
    for piece in pieces:
        parts = recovered_parts(before, piece, split)
        assert sum(parts.values()) == piece
        assert min(parts.values()) >= 0
        before += piece
        sums = {party: sums[party] + parts[party] for party in sums}

    assert sums == parts_of(before, split)


@pytest.mark.parametrize(
    ("shares", "rest"),
    [({"pool": "0.4", "bank": "0.5"}, "bank"), ({"pool": "0.4", "bank": "0.6"}, "insurer"), ({"king": "1"}, "king"),
     ({"pool": "0", "bank": "1"}, "bank")],
)  # fmt: skip
def test_a_ratio_that_cannot_be_is_no_rule(shares, rest):
    with pytest.raises(ValueError, match=r"\w"):
        read_split({"shares": shares, "remainder_to": rest})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("city", "day", "code"),
    [
        ("370100", D(2024, 1, 1), "SD-SPLIT-2016"),
        ("370200", D(2024, 1, 1), "QD-SPLIT-622"),
        ("370200", D(2020, 1, 1), None),
        ("370100", D(2015, 12, 31), None),
    ],
)
def test_the_rule_of_day_and_city(city, day, code):
    load_shipped()
    found = split_rule(city, day)

    assert (found.code if found else None) == code


# --- with rows


@pytest.fixture
def pool(db):
    load_shipped()
    keeper = finance_user()
    made = services.open_pool(
        name="省级资金池", basis="鲁专字1号", cities=[], opened_on=D(2020, 1, 1), by=province_user()
    )
    services.pay_into_pool(pool_id=made.pk, amount=Decimal("500000.00"), on=D(2020, 2, 1), by=keeper)
    return made


def balance():
    return RiskPool.objects.with_balance().get().balance


def bad_debt(principal="1000000.00", **fields):
    project, bank = lent_project(**fields)
    row = entry(project, bank, "bad_debt", number="HZ1", on="2025-06-01", principal=principal)
    for event in Event.objects.filter(name="finance.loan.entry_recorded"):
        find_losses(event)
        find_losses(event)
    return LossClaim.objects.get(entry=row)


def proven(claim):
    file = SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF\n")
    services.attach_evidence(claim_id=claim.pk, purpose="write_off", file=file, by=province_user())
    return claim


def paid(claim):
    proven(claim)
    services.approve_loss(claim_id=claim.pk, by=province_user())
    return services.pay_loss(claim_id=claim.pk, on=D(2025, 7, 1), by=finance_user())


def test_a_bad_debt_is_found_divided_approved_and_paid_from_the_pool(pool):
    claim = bad_debt()
    assert (claim.rule.code, claim.pool, claim.shares) == (
        "SD-SPLIT-2016", pool, {"pool": "400000.00", "bank": "600000.00"},
    )  # fmt: skip

    paid(claim)

    claim.refresh_from_db()
    assert (claim.state, claim.paid_on, balance()) == ("paid", D(2025, 7, 1), Decimal("100000.00"))
    with pytest.raises(WrongState):
        services.pay_loss(claim_id=claim.pk, on=D(2025, 7, 1), by=finance_user())
    assert balance() == Decimal("100000.00")


def test_recoveries_go_back_after_costs_in_the_same_ratio(pool):
    claim = paid(bad_debt())
    keeper = finance_user()
    facts = {"claim_id": claim.pk, "on": D(2025, 8, 1), "by": keeper}

    first = services.record_loss_recovery(gross=Decimal("100000.05"), costs=Decimal("10000.00"), number="1", **facts)
    services.record_loss_recovery(gross=Decimal("10000.00"), costs=Decimal("0.00"), number="2", **facts)

    assert first.shares == {"pool": "36000.02", "bank": "54000.03"}
    assert balance() == Decimal("100000.00") + parts_of(Decimal("100000.05"), PROVINCE)["pool"]
    with pytest.raises(Invalid, match="累计追回净额"):
        services.record_loss_recovery(gross=Decimal("900000.00"), costs=Decimal("0.00"), number="3", **facts)
    with pytest.raises(Conflict):
        services.record_loss_recovery(gross=Decimal("2.00"), costs=Decimal("0.00"), number="1", **facts)
    assert LossRecovery.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"gross": Decimal("0.99")}, "gross"),
        ({"costs": Decimal("100.00")}, "gross"),
        ({"costs": Decimal("-1.00")}, "costs"),
        ({"gross": Decimal("100.001")}, "gross"),
        ({"number": " "}, "number"),
        ({"on": D(2025, 6, 30)}, "on"),
        ({"on": D(2100, 1, 1)}, "on"),
    ],
)
def test_a_recovery_that_cannot_be_names_its_field(pool, changes, field):
    claim = paid(bad_debt())
    facts = {"gross": Decimal("100.00"), "costs": Decimal("0.00"), "number": "1", "on": D(2025, 8, 1)}

    with pytest.raises(Invalid) as refusal:
        services.record_loss_recovery(claim_id=claim.pk, by=finance_user(), **facts | changes)

    assert refusal.value.field == field
    assert not LossRecovery.objects.exists()


def test_a_loss_without_proof_a_pool_or_a_rule_is_not_approved(pool):
    claim = bad_debt()
    with pytest.raises(Conflict, match="呆账核销文件"):
        services.approve_loss(claim_id=claim.pk, by=province_user())
    proven(claim)
    LossClaim.objects.update(rule=None)
    with pytest.raises(Conflict, match="分担规则"):
        services.approve_loss(claim_id=claim.pk, by=province_user())

    claim.refresh_from_db()
    assert claim.state == "found"


def test_a_pool_never_pays_more_than_it_has(pool):
    claim = proven(bad_debt("1500000.00"))
    services.approve_loss(claim_id=claim.pk, by=province_user())

    with pytest.raises(Conflict, match="资金池余额"):
        services.pay_loss(claim_id=claim.pk, on=D(2025, 7, 1), by=finance_user())

    claim.refresh_from_db()
    assert (claim.state, balance()) == ("approved", Decimal("500000.00"))


def test_approving_and_paying_are_two_roles(pool):
    claim = proven(bad_debt())
    for user in (finance_user(), city_user("370100")):
        with pytest.raises(NotAllowed):
            services.approve_loss(claim_id=claim.pk, by=user)
    services.approve_loss(claim_id=claim.pk, by=province_user())

    with pytest.raises(NotAllowed):
        services.pay_loss(claim_id=claim.pk, on=D(2025, 7, 1), by=province_user())
    with pytest.raises(NotFound):
        services.pay_loss(claim_id=claim.pk, on=D(2025, 7, 1), by=sme_user())


def test_a_bad_debt_that_is_reversed_takes_its_unpaid_loss_back(pool):
    claim = bad_debt()
    bank = claim.loan.placement.institution.users.get()
    entry(claim.loan.placement.project, bank, "reversal", number="CZ", on="2025-06-02", reverses="HZ1", note="错")

    find_losses(Event.objects.filter(name="finance.loan.entry_recorded").latest("id"))

    claim.refresh_from_db()
    assert claim.state == "withdrawn"


def test_a_loss_is_refused_with_a_reason(pool):
    claim = bad_debt()
    with pytest.raises(Invalid):
        services.refuse_loss(claim_id=claim.pk, note=" ", by=province_user())

    services.refuse_loss(claim_id=claim.pk, note="未尽催收职责", by=province_user())

    claim.refresh_from_db()
    assert (claim.state, claim.note) == ("refused", "未尽催收职责")


def test_qingdao_shares_without_a_pool(pool):
    claim = paid(bad_debt(city_code="370200"))

    assert claim.shares == {"insurer": "600000.00", "bank": "200000.00", "guarantor": "200000.00"}
    assert (claim.pool, balance()) == (None, Decimal("500000.00"))


def test_entries_of_a_pool_stand(pool):
    with pytest.raises(InternalError), transaction.atomic():
        PoolEntry.objects.update(amount=Decimal("1.00"))
    with pytest.raises(IntegrityError, match="pool_entry_positive"), transaction.atomic():
        PoolEntry.objects.create(
            pool=pool, kind="payout", amount=Decimal(0), on=D(2025, 1, 1), recorded_by=province_user()
        )


def test_a_loss_is_worked_off_in_the_admin(client, pool):
    claim = bad_debt()
    handle = reverse("admin:finance_lossclaim_handle", args=[claim.pk])
    client.force_login(province_user())
    file = SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF\n")
    client.post(handle, {"step": "evidence", "evidence-purpose": "write_off", "evidence-file": file})
    client.post(handle, {"step": "approve", "approve-note": "同意"})
    client.force_login(finance_user())
    assert "400000.00" in client.get(handle).content.decode()

    client.post(handle, {"step": "pay", "pay-on": "2025-07-01"})

    claim.refresh_from_db()
    assert claim.state == "paid"
    page = client.get(reverse("admin:finance_riskpool_change", args=[pool.pk])).content.decode()
    assert "100,000.00" in page
