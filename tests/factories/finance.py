"""Projects, products and answers for tests, made by the services wherever a state has a history."""

import datetime as dt
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from finance import services
from finance.models import Product, Project
from tests.factories.accounts import OrganisationFactory, bank_user, city_user, sme_user
from tests.factories.patents import PatentFactory

LOAN_FACTS = {
    "bank_ref": "HT-2024-001",
    "contract_date": dt.date(2024, 3, 4),
    "drawn_on": dt.date(2024, 3, 6),
    "due_on": dt.date(2025, 3, 5),
    "pledge_registered_on": dt.date(2024, 3, 5),
    "principal": Decimal("2000000.00"),
    "annual_rate": Decimal("0.0365"),
    "pledge_share": Decimal(1),
    "is_first_pledge": True,
}
REPAYMENT_FACTS = {"repaid_on": dt.date(2025, 3, 5), "interest_paid": Decimal("36500.00")}


class ProductFactory(DjangoModelFactory):
    class Meta:
        model = Product

    institution = factory.SubFactory(OrganisationFactory, kind="bank")
    name = factory.Sequence(lambda n: f"知融通{n}")
    min_amount = Decimal("100000.00")
    max_amount = Decimal("10000000.00")
    max_term_months = 36
    annual_rate = Decimal("0.04")


class ProjectFactory(DjangoModelFactory):
    """A draft with one valid patent of the firm."""

    class Meta:
        model = Project
        skip_postgeneration_save = True

    ref = factory.Sequence(lambda n: f"RZ2026-9{n:05d}")
    organisation = factory.SubFactory(OrganisationFactory)
    city_code = factory.SelfAttribute("organisation.city_code")
    amount = Decimal("3000000.00")
    term_months = 12
    purpose = "采购原材料"

    @factory.post_generation
    def patent_count(self, create, extracted, **kwargs):
        for _ in range(1 if extracted is None else extracted):
            self.collateral.create(
                patent=PatentFactory(holder=self.organisation, applicant_names=self.organisation.name)
            )


def submitted_project(*, firm_user=None, recipients=None, **fields):
    """A project that waits for its city; all lenders with a product on sale are its recipients."""
    user = firm_user or sme_user()
    project = ProjectFactory(organisation=user.organisation, **fields)
    services.submit_project(project_id=project.pk, by=user, consent=True, recipients=recipients)
    project.refresh_from_db()
    return project


def admitted_project(*, banks=None, **fields):
    """A project in the pool, pushed to the institutions of the bank users given (one when none is)."""
    for bank in [bank_user()] if banks is None else banks:
        ProductFactory(institution=bank.organisation)
    project = submitted_project(**fields)
    services.admit_project(project_id=project.pk, by=city_user(project.city_code))
    project.refresh_from_db()
    return project


def answer(project, bank, kind, **facts):
    """An answer of a bank's machine user."""
    return services.record_answer(
        project_ref=project.ref, institution=bank.organisation, kind=kind, facts=facts, by=bank
    )


def lent_project(*, bank=None, **fields):
    """A project with a loan; returns the project and the bank's user."""
    lender = bank or bank_user()
    project = admitted_project(banks=[lender], **fields)
    answer(project, lender, "accept")
    answer(project, lender, "lend", **LOAN_FACTS)
    project.refresh_from_db()
    return project, lender


def entry(project, bank, kind, **facts):
    """A line of the loan's ledger, reported by the bank's machine user."""
    return services.record_entry(
        project_ref=project.ref, institution=bank.organisation, kind=kind, facts=facts, by=bank
    )
