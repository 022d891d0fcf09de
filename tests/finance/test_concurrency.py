"""Two connections at once, as two web processes have."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from finance import services
from finance.consumers import find_losses
from finance.models import Answer, CreditLine, Loan, LossClaim, OperationFund, Product, Project, RiskPool
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.concurrency import at_once
from tests.factories.accounts import OrganisationFactory, bank_user, city_user, finance_user, province_user, sme_user
from tests.factories.finance import (
    LOAN_FACTS,
    ProductFactory,
    ProjectFactory,
    admitted_project,
    answer,
    entry,
    lent_project,
    submitted_project,
)

pytestmark = pytest.mark.django_db(transaction=True)
DAY = dt.date(2023, 1, 1)


def test_a_project_is_admitted_once():
    ProductFactory()
    project = submitted_project()
    officials = [city_user(project.city_code) for _ in range(3)]

    results = at_once(*[lambda by=by: services.admit_project(project_id=project.pk, by=by) for by in officials])

    assert sorted(results) == ["", "wrong_state", "wrong_state"]
    assert project.placements.count() == 1
    assert Event.objects.filter(name="finance.project.admitted").count() == 1


def test_a_patent_is_held_by_one_of_two_projects_admitted_at_once():
    ProductFactory()
    first = submitted_project()
    second = ProjectFactory(organisation=first.organisation, patent_count=0)
    second.collateral.create(patent=first.patents.get())
    services.submit_project(project_id=second.pk, by=sme_user(organisation=first.organisation), consent=True)
    officials = [city_user(first.city_code) for _ in range(2)]

    results = at_once(
        lambda: services.admit_project(project_id=first.pk, by=officials[0]),
        lambda: services.admit_project(project_id=second.pk, by=officials[1]),
    )

    assert sorted(results) == ["", "screening_failed"]
    assert Project.objects.filter(state="admitted").count() == 1


def test_two_banks_that_lend_at_once_make_one_loan():
    banks = [bank_user() for _ in range(3)]
    project = admitted_project(banks=banks)
    for bank in banks:
        answer(project, bank, "accept")

    results = at_once(*[lambda bank=bank: answer(project, bank, "lend", **LOAN_FACTS) for bank in banks])

    assert sorted(results) == ["", "wrong_state", "wrong_state"]
    assert Loan.objects.count() == 1
    assert Event.objects.filter(name="finance.loan.lent").count() == 1
    assert sorted(project.placements.values_list("state", flat=True)) == ["lent", "withdrawn", "withdrawn"]


def test_one_answer_sent_twice_at_once_counts_once():
    bank = bank_user()
    project = admitted_project(banks=[bank])

    results = at_once(*[lambda: answer(project, bank, "accept") for _ in range(3)])

    assert results == ["", "", ""]
    assert Answer.objects.count() == 1
    assert Event.objects.filter(name="finance.placement.accepted").count() == 1


def test_a_withdrawal_and_a_loan_at_once_leave_one_of_them():
    bank = bank_user()
    project = admitted_project(banks=[bank])
    answer(project, bank, "accept")
    firm = sme_user(organisation=project.organisation)

    results = at_once(
        lambda: services.close_project(project_id=project.pk, by=firm),
        lambda: answer(project, bank, "lend", **LOAN_FACTS),
    )

    project.refresh_from_db()
    assert (project.state, results) in [("closed", ["", "not_found"]), ("lent", ["wrong_state", ""])]
    assert Loan.objects.count() == (1 if project.state == "lent" else 0)


def test_the_database_refuses_a_second_lender():
    """The last line of defence behind the lock."""
    banks = [bank_user(), bank_user()]
    project = admitted_project(banks=banks)

    with pytest.raises(IntegrityError, match="placement_one_lender_per_project"), transaction.atomic():
        project.placements.update(state="lent")


def test_the_database_refuses_a_patent_held_twice():
    first = admitted_project()
    second = ProjectFactory(organisation=first.organisation, patent_count=0)

    with pytest.raises(IntegrityError, match="project_patent_held_once"), transaction.atomic():
        second.collateral.create(patent=first.patents.get(), is_held=True)


def test_two_investments_at_once_never_take_more_than_a_fund_has():
    facts = services.FundFacts("运营基金", "管理公司", Decimal("1000000.00"), DAY, "高价值专利")
    fund, keepers = services.found_fund(facts=facts, by=province_user()), [finance_user() for _ in range(3)]
    contribution = services.Movement(Decimal("1000000.00"), DAY, "C1")
    services.move_fund_money(fund_id=fund.pk, kind="contribution", movement=contribution, by=keepers[0])
    firm = sme_user().organisation

    def invest(place, keeper):
        movement = services.Movement(Decimal("600000.00"), DAY, f"I{place}")
        services.invest(fund_id=fund.pk, movement=movement, by=keeper, firm=firm)

    results = at_once(*[lambda item=item: invest(*item) for item in enumerate(keepers)])

    assert sorted(results) == ["", "fund_exhausted", "fund_exhausted"]
    kept = OperationFund.objects.with_money().get()
    assert (kept.invested, kept.balance) == (Decimal("600000.00"), Decimal("400000.00"))


@pytest.fixture
def losses():
    """Two approved losses of which a pool of 500,000 yuan owes 400,000 each."""
    pool = services.open_pool(name="资金池", basis="鲁专字1号", cities=[], opened_on=DAY, by=province_user())
    services.pay_into_pool(pool_id=pool.pk, amount=Decimal("500000.00"), on=DAY, by=finance_user())
    for number in ("HZ1", "HZ2"):
        project, bank = lent_project()
        entry(project, bank, "bad_debt", number=number, on="2025-06-01", principal="1000000.00")
    for event in Event.objects.filter(name="finance.loan.entry_recorded"):
        find_losses(event)
    for claim in LossClaim.objects.all():
        file = SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF\n")
        services.attach_evidence(claim_id=claim.pk, purpose="write_off", file=file, by=province_user())
        services.approve_loss(claim_id=claim.pk, by=province_user())
    return list(LossClaim.objects.order_by("id").values_list("pk", flat=True))


def _pay(claim_id):
    by = finance_user()
    return lambda: services.pay_loss(claim_id=claim_id, on=dt.date(2025, 7, 1), by=by)


def test_two_losses_paid_at_once_never_take_more_than_a_pool_has(losses):
    results = at_once(*map(_pay, losses))

    assert sorted(results) == ["", "pool_exhausted"]
    assert RiskPool.objects.with_balance().get().balance == Decimal("100000.00")
    assert sorted(LossClaim.objects.values_list("state", flat=True)) == ["approved", "paid"]


def test_a_loss_is_paid_once(losses):
    results = at_once(_pay(losses[0]), _pay(losses[0]), _pay(losses[0]))

    assert sorted(results) == ["", "wrong_state", "wrong_state"]
    assert RiskPool.objects.with_balance().get().balance == Decimal("100000.00")


def test_of_two_loans_at_once_the_one_beyond_the_line_is_told():
    office, bank = OrganisationFactory(kind="authority_province"), bank_user()
    projects = [admitted_project(banks=[bank] if place == 0 else []) for place in range(2)]
    line = CreditLine.objects.create(
        institution=bank.organisation, name="园区授信", agreement="1号", total=Decimal("3000000.00"),
        open_from=dt.date(2020, 1, 1), open_until=dt.date(2030, 1, 1),
    )  # fmt: skip
    Product.objects.update(credit_line=line)
    for project in projects:
        answer(project, bank, "accept")

    results = at_once(*[lambda project=project: answer(project, bank, "lend", **LOAN_FACTS) for project in projects])

    assert results == ["", ""]
    assert CreditLine.objects.with_use().get().used == Decimal("4000000.00")
    told = Notice.objects.filter(kind="finance.credit_line.overdrawn", recipient=office)
    assert [notice.title for notice in told] == ["集合授信“园区授信”超额：余额 100.00 万元，本次放款 200.00 万元"]
