"""Two connections at once, as two web processes have."""

import pytest
from django.db import IntegrityError, transaction

from finance import services
from finance.models import Answer, Loan, Project
from portal.outbox.models import Event
from tests.concurrency import at_once
from tests.factories.accounts import bank_user, city_user, sme_user
from tests.factories.finance import (
    LOAN_FACTS,
    ProductFactory,
    ProjectFactory,
    admitted_project,
    answer,
    submitted_project,
)

pytestmark = pytest.mark.django_db(transaction=True)


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
