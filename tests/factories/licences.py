"""Open licences and acceptances for tests, made by the services."""

import datetime as dt
from decimal import Decimal

from patents import services
from patents.checks.licences import Declaration, Notice
from patents.models import OpenLicence
from patents.policy.licences import FeeTerms
from portal import clock
from tests.factories.accounts import city_user, holder_user, sme_user
from tests.factories.patents import PatentFactory

TWO_TIER = FeeTerms(
    kind="two_tier",
    fixed_amount=Decimal("50000.00"),
    royalty_rate=Decimal("0.03"),
    royalty_base="net_sales",
    minimum_year_amount=Decimal("10000.00"),
    cap_total_amount=Decimal("300000.00"),
    settlement="half_year",
)
ROYALTY = FeeTerms(kind="royalty", royalty_rate=Decimal("0.05"), royalty_base="profit", settlement="year")
NOTICE_TEXT = "本单位愿意按公告的方式和标准支付使用费，特此书面通知。"


def declaration(**changes):
    """A declaration with all five fields, for an invention with one owner."""
    today = clock.today()
    values = {
        "owner_name": "齐鲁试验大学",
        "terms": TWO_TIER,
        "payment_way": "书面通知之日起十日内汇入本单位账户。",
        "licence_from": today,
        "licence_to": today + dt.timedelta(days=700),
        "other_matters": "无",
    }
    return Declaration(**values | changes)


def own_patent(holder, **fields):
    """A patent in force of the holder of that user."""
    values = {"filed_on": clock.today() - dt.timedelta(days=1000), "city_code": holder.organisation.city_code} | fields
    return PatentFactory(holder=holder.organisation, **values)


def drafted(holder=None, patent=None, **changes):
    """A draft and its holder's user."""
    user = holder or holder_user()
    found = patent or own_patent(user)
    licence = services.draft_open_licence(patent_id=found.pk, by=user, declaration=declaration(**changes))
    return licence, user


def submitted(holder=None, patent=None, **changes):
    """A declaration under review and its holder's user."""
    licence, user = drafted(holder, patent, **changes)
    return services.submit_open_licence(ref=licence.ref, by=user, is_aware_of_warnings=True), user


def published(holder=None, patent=None, **changes):
    """A public open licence and its holder's user."""
    licence, user = submitted(holder, patent, **changes)
    official = city_user(user.organisation.city_code)
    return services.publish_open_licence(ref=licence.ref, by=official), user


def notice(**changes):
    """A notice with the entry fee of TWO_TIER paid."""
    values = {
        "text": NOTICE_TEXT,
        "given_on": clock.today(),
        "paid_amount": Decimal("50000.00"),
        "paid_on": clock.today(),
        "payment_number": "HK-0001",
    }
    return Notice(**values | changes)


def accepted(licence=None, firm=None, **changes):
    """An acceptance and its firm's user."""
    user = firm or sme_user()
    found = licence or published()[0]
    return services.accept_open_licence(ref=found.ref, by=user, notice=notice(**changes)), user


def terms_of(licence):
    """The columns that a published licence may not change."""
    return OpenLicence.objects.filter(pk=licence.pk).values("fixed_amount", "royalty_rate", "payment_way").get()
