"""The operating bodies of the demonstration, with their quarters."""

import datetime as dt
from decimal import Decimal

from patents.models import OperatingBody
from patents.services import bodies as services
from portal import clock
from portal.accounts.demo import Cast, Member
from portal.accounts.enums import OrganisationKind
from portal.accounts.models import User
from portal.demo.documents import sample_pdf
from portal.regions import CITIES

KEY_CITIES = ("370100", "370200", "370600")
FOUNDED = dt.date(2021, 5, 20)
BRANCHES = (
    ("智慧家庭产业知识产权运营中心（演示）", "370200", "智慧家庭"),
    ("石油装备产业知识产权运营中心（演示）", "370500", "石油开采及加工"),
)
FUNCTIONS = "汇集专利供给和企业需求，组织评估、对接、交易和后续服务，按季度报告工作。"


def load_bodies(cast: Cast) -> None:
    """Enter the register, then the quarters of the last year and a half."""
    firms = list(cast.of(OrganisationKind.STATE_FIRM))
    made = [
        (_body(cast, "platform", "省知识产权公共服务平台（演示）", "370100", None), None),
        (_body(cast, "centre", "省知识产权运营中心（演示）", "370100", firms[2]), firms[2].acting_user),
    ]
    for (name, city, industry), firm in zip(BRANCHES, firms, strict=False):
        made.append((_body(cast, "branch", name, city, firm, industry), firm.acting_user))
    for city in KEY_CITIES:
        name = f"{CITIES[city]}国家知识产权重点运营城市（演示）"
        made.append((_body(cast, "key_city", name, city, None), cast.official_of(city)))
    for member in cast.of(OrganisationKind.UNIVERSITY):
        organisation = member.organisation
        name = f"{organisation.name}知识产权与技术转移中心"
        made.append((_body(cast, "institution", name, organisation.city_code, member), member.acting_user))
    for place, (body, reporter) in enumerate(made):
        if reporter:
            _quarters(cast, body, reporter, place)


def _body(cast: Cast, kind: str, name: str, city: str, member: Member | None, industry: str = "") -> OperatingBody:
    facts = services.BodyFacts(
        kind=kind,
        name=name,
        organisation=member.organisation if member else None,
        city_code=city,
        industry=industry,
        founded_on=FOUNDED,
        document_number="演示〔2021〕20 号",
        functions=FUNCTIONS,
        website="",
    )
    return services.save_body(by=cast.province, facts=facts)


def _quarters(cast: Cast, body: OperatingBody, reporter: User, place: int) -> None:
    today = clock.today()
    last = today.year * 4 + (today.month - 1) // 3 - 1
    for back in range(5, -1, -1):
        year, quarter = divmod(last - back, 4)
        report = services.QuarterReport(
            year=year,
            quarter=quarter + 1,
            firm_count=24 + 7 * place + 3 * (5 - back),
            match_count=9 + 2 * place,
            deal_count=3 + place % 4,
            deal_amount=Decimal(320_000 + 110_000 * place + 40_000 * (5 - back)),
            event_count=1 + place % 3,
            trained_count=60 + 15 * place,
            summary="走访企业，梳理可转化专利，组织线上线下对接，跟踪合同履行和到账。",
        )
        activity = services.report_quarter(body_id=body.pk, by=reporter, report=report)
        file = sample_pdf(f"季度工作证明材料 {activity.year}-{activity.quarter}")
        services.attach_evidence(activity_id=activity.pk, by=reporter, file=file, file_name=str(file.name))
        if back == 0 and place % 3 == 0:
            continue
        if back == 0 and place % 3 == 1:
            services.return_activity(activity_id=activity.pk, by=cast.province, note="请附促成合同清单。")
        else:
            services.confirm_activity(activity_id=activity.pk, by=cast.province)
