"""Loans of given cities, days and amounts."""

import datetime as dt
from decimal import Decimal

from finance.models import Loan
from tests.factories.accounts import OrganisationFactory, bank_user
from tests.factories.finance import LOAN_FACTS, ProductFactory, ProjectFactory


def loan(city_code, drawn_on, principal, *, bank=None, name="试验企业有限公司"):
    """A loan as a bank reported it; the answer is kept beside it."""
    firm = OrganisationFactory(city_code=city_code, name=name)
    project = ProjectFactory(
        organisation=firm, patent_count=0, state="lent", consented_at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    )
    product = ProductFactory(institution=(bank or bank_user()).organisation)
    placement = project.placements.create(institution=product.institution, product=product, state="lent")
    placement.answers.create(kind="accept")
    placement.answers.create(kind="lend", facts={"principal": str(principal)})
    day = dt.date.fromisoformat(drawn_on)
    days = {"contract_date": day, "drawn_on": day, "due_on": day + dt.timedelta(days=365), "pledge_registered_on": day}
    return Loan.objects.create(placement=placement, **{**LOAN_FACTS, **days, "principal": Decimal(principal)})
