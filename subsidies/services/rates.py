"""Registering published reference rates."""

from django.db import transaction

from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import NotAllowed
from subsidies.checks.rates import check_rate
from subsidies.models import ReferenceRate


@transaction.atomic
def add_rate(*, rate: ReferenceRate, by: User) -> ReferenceRate:
    """Register a newly published reference rate. It cannot be changed afterwards: results rest on it.

    Raises:
        NotAllowed: only the province registers rates.
        Invalid: it does not follow the newest one, or lies in the future; `field` names which date.
    """
    if by.role != Role.PROVINCE:
        raise NotAllowed("只有省级管理人员可以登记参考利率。")
    check_rate(rate)
    rate.save(force_insert=True)
    record(by=by, verb="add_rate", target=rate, rate=str(rate.rate))
    return rate
