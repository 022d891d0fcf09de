"""The rule that divides a loss, and the pool that bears part of it."""

import datetime as dt
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import Coalesce

from finance.enums import FINANCE_RISK_SPLIT
from finance.models import LossClaim, RiskPool
from portal.policy.models import RuleVersion
from portal.policy.queries import in_force_on
from portal.regions import city_of

NOTHING = Decimal("0.00")


def split_rule(city_code: str, day: dt.date) -> RuleVersion | None:
    """The version for a loss of that day in that city; one that names the city before one for all."""
    city, general = city_of(city_code), None
    for rule in in_force_on(FINANCE_RISK_SPLIT, day):
        named, out = rule.parameters.get("cities_in") or [], rule.parameters.get("cities_out") or []
        if city in named:
            return rule
        if not named and city not in out and general is None:
            general = rule
    return general


def pool_for(city_code: str) -> RiskPool | None:
    """The pool of the city, else that of the whole province."""
    city = city_of(city_code)
    own = RiskPool.objects.filter(cities__contains=[city]).order_by("id").first()
    return own or RiskPool.objects.filter(cities=[]).order_by("id").first()


def recovered_net(claim: LossClaim) -> Decimal:
    """Yuan recovered so far, costs taken off."""
    sums = claim.recoveries.aggregate(gross=Coalesce(Sum("gross"), NOTHING), costs=Coalesce(Sum("costs"), NOTHING))
    net: Decimal = sums["gross"] - sums["costs"]
    return net
