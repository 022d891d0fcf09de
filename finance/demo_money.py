"""Money beside the loans of the demonstration: a pool with a loss that it shares, operation funds, meetings with banks."""

import datetime as dt
from decimal import Decimal

from finance import services
from finance.demo_parties import machine_user
from finance.enums import EntryKind, FundEntryKind, LoanState, LossPaper
from finance.models import Loan
from patents.models import Patent
from portal import clock
from portal.accounts.demo import Cast
from portal.accounts.enums import OrganisationKind, Role
from portal.accounts.models import User
from portal.demo.documents import sample_pdf

WAN = Decimal(10_000)


def load_money(cast: Cast) -> None:
    """A pool, two bad debts (one paid and partly recovered), a fund with three investments, two meetings."""
    keeper = User.objects.filter(role=Role.FINANCE, is_active=True).order_by("pk")[0]
    _share_losses(cast.province, keeper)
    _run_fund(cast, keeper)
    _meet(cast)


def _share_losses(province: User, keeper: User) -> None:
    today = clock.today()
    pool = services.open_pool(
        name="省知识产权质押融资风险补偿资金池（演示）",
        basis="实施方案第19项（40% 风险补偿）",
        cities=[],
        opened_on=dt.date(2021, 6, 1),
        by=province,
    )
    for year, amount in ((2021, 3000), (2024, 2000)):
        services.pay_into_pool(
            pool_id=pool.pk, amount=amount * WAN, on=dt.date(year, 7, 1), by=keeper, note=f"{year} 年省级预算安排"
        )
    running = Loan.objects.filter(state=LoanState.RUNNING).exclude(placement__project__city_code="370200")
    for place, loan in enumerate(
        running.select_related("placement__project", "placement__institution").order_by("-pk")[:2]
    ):
        day = today - dt.timedelta(days=60)
        entry = services.record_entry(
            project_ref=loan.placement.project.ref,
            institution=loan.placement.institution,
            kind=EntryKind.BAD_DEBT,
            facts={"number": "HZ-1", "on": max(day, loan.drawn_on), "principal": loan.balance, "note": "企业停产"},
            by=machine_user(loan.placement.institution),
        )
        claim = services.find_loss(entry_id=entry.pk)
        if place or claim is None:
            continue
        file = sample_pdf("呆账核销审批表")
        services.attach_evidence(claim_id=claim.pk, purpose=LossPaper.WRITE_OFF, file=file, by=province)
        services.approve_loss(claim_id=claim.pk, by=province, note="核销程序完备，同意按规则分担。")
        services.pay_loss(claim_id=claim.pk, on=today - dt.timedelta(days=30), by=keeper)
        services.record_loss_recovery(
            claim_id=claim.pk, on=today - dt.timedelta(days=3), gross=20 * WAN, costs=2 * WAN, number="ZC-1", by=keeper
        )


def _run_fund(cast: Cast, keeper: User) -> None:
    facts = services.FundFacts(
        name="省高价值专利运营基金（演示）",
        manager="岱岳知识产权运营管理有限公司",
        target_amount=20_000 * WAN,
        founded_on=dt.date(2022, 3, 1),
        ends_on=dt.date(2030, 2, 28),
        purpose="收购和培育高价值专利组合，投资专利密集型中小企业",
    )
    fund = services.found_fund(facts=facts, by=cast.province)
    for place, (party, amount) in enumerate(
        (("省级引导资金", 4000), ("岱麓银行股份有限公司", 3000), ("社会资本", 3000))
    ):
        paid = services.Movement(amount * WAN, dt.date(2022, 4, 1 + place), f"CZ-{place + 1}", party)
        services.move_fund_money(fund_id=fund.pk, kind=FundEntryKind.CONTRIBUTION, movement=paid, by=keeper)
    firm = next(cast.of(OrganisationKind.SME)).organisation
    patents = list(Patent.objects.filter(kind="invention").order_by("pk")[:2])
    first, second = (
        services.invest(
            fund_id=fund.pk,
            movement=services.Movement(amount * WAN, dt.date(2022, 9, place), f"TZ-{place}", "专利权人"),
            by=keeper,
            patent=patent,
            note="收购专利权，统一许可运营",
        )
        for place, (patent, amount) in enumerate(zip(patents, (180, 260), strict=True), start=1)
    )
    services.invest(
        fund_id=fund.pk,
        movement=services.Movement(800 * WAN, dt.date(2023, 5, 10), "TZ-3", firm.name),
        by=keeper,
        firm=firm,
        share=Decimal("0.08"),
        note="增资入股，支持专利产业化",
    )
    services.move_fund_money(
        fund_id=fund.pk, kind=FundEntryKind.INCOME, by=keeper, investment_id=second.pk,
        movement=services.Movement(35 * WAN, dt.date(2024, 6, 30), "SY-1", "被许可企业"),
    )  # fmt: skip
    services.exit_investment(
        investment_id=first.pk, way="transfer", by=keeper,
        movement=services.Movement(245 * WAN, dt.date(2025, 3, 20), "TC-1", "受让企业"),
    )  # fmt: skip
    fee = services.Movement(40 * WAN, dt.date(2024, 12, 31), "GL-1", "岱岳知识产权运营管理有限公司")
    services.move_fund_money(fund_id=fund.pk, kind=FundEntryKind.FEE, movement=fee, by=keeper)


def _meet(cast: Cast) -> None:
    banks = [member.organisation for member in cast.of(OrganisationKind.BANK)]
    for city, days, place, count, amount in (
        ("370100", 150, "济南高新区会议中心", 9, 4600), ("370200", 70, "青岛蓝谷会议中心", 6, 2850),
    ):  # fmt: skip
        firms = [one.organisation for one in cast.of(OrganisationKind.SME) if one.organisation.city_code == city]
        facts = services.MeetingFacts(
            title="专利质押融资银企对接会",
            on=clock.today() - dt.timedelta(days=days),
            city_code=city,
            place=place,
            summary="各行介绍质押产品和办理流程，企业逐一洽谈；会后由市局跟踪意向落实，登记困难集中在评估费用和共有专利。",
            intent_count=count,
            intent_amount=amount * WAN,
        )
        services.record_bank_meeting(facts=facts, institutions=banks[:3], firms=firms, by=cast.official_of(city))
