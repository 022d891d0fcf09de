"""Operating bodies and their reports, made by the services."""

import datetime as dt
import itertools
from dataclasses import replace
from decimal import Decimal

from patents.services import bodies as services
from tests.factories.accounts import holder_user, province_user

_NUMBERS = itertools.count(1)


def facts(**changes):
    made = services.BodyFacts(
        kind="institution",
        name=f"岱麓工业大学知识产权运营中心{next(_NUMBERS)}",
        organisation=None,
        city_code="370100",
        industry="",
        founded_on=dt.date(2021, 5, 20),
        document_number="",
        functions="专利转化、许可和作价投资。",
        website="",
    )
    return replace(made, **changes)


def quarter(**changes):
    made = services.QuarterReport(
        year=2024,
        quarter=2,
        firm_count=30,
        match_count=12,
        deal_count=3,
        deal_amount=Decimal("850000.00"),
        event_count=2,
        trained_count=60,
        summary="完成季度任务。",
    )
    return replace(made, **changes)


def body(user=None, **changes):
    user = user or holder_user()
    return services.save_body(by=province_user(), facts=facts(organisation=user.organisation, **changes))


def reported(user=None, **changes):
    user = user or holder_user()
    return services.report_quarter(body_id=body(user).pk, by=user, report=quarter(**changes))


def confirmed(user=None, **changes):
    return services.confirm_activity(activity_id=reported(user, **changes).pk, by=province_user())
