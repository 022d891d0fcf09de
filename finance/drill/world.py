"""Who takes part in a drill: one city, its firms, the banks with their keys, the projects."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from finance import services
from finance.models import Product
from patents.enums import LegalStatus, PatentKind
from patents.models import Patent
from patents.numbers import check_digit
from portal import clock
from portal.accounts.enums import OrganisationKind, RegistrationState, Role
from portal.accounts.models import Organisation, User
from portal.api.services import issue_credentials
from portal.outbox.services import create_endpoint

CITY = "370100"
BANKS_EACH = 2
AMOUNT = Decimal("1000000.00")


@dataclass(frozen=True, slots=True)
class DrillBank:
    """A bank of the drill and what its program is started with."""

    organisation: Organisation
    credentials: dict[str, Any]


class World:
    """Made by the services, as in life; only organisations and patents are written straight."""

    def __init__(self) -> None:
        self.province = _user(
            "drill-province", Role.PROVINCE, _organisation(OrganisationKind.AUTHORITY_PROVINCE, "省局")
        )
        self.city = _user("drill-city", Role.CITY, _organisation(OrganisationKind.AUTHORITY_CITY, "市局"))
        firm = _organisation(
            OrganisationKind.SME,
            "演练企业有限公司",
            industry_code="C3512",
            employee_count=120,
            revenue_amount=Decimal(50_000_000),
            assets_amount=Decimal(60_000_000),
        )
        self.firm = _user("drill-firm", Role.SME, firm)

    def bank(self, place: int, *, port: int, portal_url: str) -> DrillBank:
        """A bank with a product, an address for pushes and credentials."""
        bank = _organisation(OrganisationKind.BANK, f"演练银行{place}")
        Product.objects.create(
            institution=bank,
            name="演练贷",
            min_amount=Decimal(1),
            max_amount=AMOUNT,
            max_term_months=36,
            annual_rate=Decimal("0.04"),
        )
        issued = issue_credentials(organisation=bank, by=self.province)
        _, secret = create_endpoint(organisation=bank, url=f"http://127.0.0.1:{port}/webhooks", by=self.province)
        return DrillBank(
            bank,
            {
                "client_id": issued.client_id,
                "client_secret": issued.client_secret,
                "webhook_secret": secret,
                "portal_url": portal_url,
                "port": port,
            },
        )

    def admit(self, count: int, banks: list[DrillBank]) -> Iterator[str]:
        """Admit that many projects, each with a patent of its own and shared with BANKS_EACH banks in turn."""
        for place in range(count):
            shared = {banks[(place + offset) % len(banks)].organisation.pk for offset in range(BANKS_EACH)}
            project = services.create_project(
                by=self.firm, amount=AMOUNT, term_months=12, purpose="演练", patent_ids=[self._patent(place).pk]
            )
            services.submit_project(project_id=project.pk, by=self.firm, consent=True, recipients=shared)
            services.admit_project(project_id=project.pk, by=self.city)
            yield project.ref

    def _patent(self, place: int) -> Patent:
        number = f"20221{place:07d}"
        return Patent.objects.create(
            number=number,
            check_digit=check_digit(number),
            kind=PatentKind.INVENTION,
            title=f"演练专利 {place}",
            holder=self.firm.organisation,
            applicant_names=str(self.firm.organisation),
            filed_on=clock.today() - dt.timedelta(days=900),
            legal_status=LegalStatus.VALID,
        )


def _organisation(kind: OrganisationKind, name: str, **facts: Any) -> Organisation:
    return Organisation.objects.create(kind=kind, name=name, city_code=CITY, state=RegistrationState.APPROVED, **facts)


def _user(username: str, role: Role, organisation: Organisation) -> User:
    return User.objects.create(username=username, role=role, organisation=organisation)
