"""Products, banks' credentials and financing projects of the demonstration, made by the services."""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from random import Random
from typing import Any

from django.db import transaction

from finance import services
from finance.demo_money import load_money
from finance.demo_parties import machine_user
from finance.demo_pool import ask_firms, know_firm, open_line
from finance.enums import (
    ALWAYS_NEEDED,
    AnswerKind,
    EntryKind,
    LoanState,
    PaperKind,
    PledgePaper,
    ProjectState,
    RightKind,
    ValuationMethod,
)
from finance.models import Loan, Placement, Product, Project
from finance.queries.pool import BUSY
from finance.queries.projects import own_patents
from patents.enums import LegalStatus
from portal import clock
from portal.accounts.demo import Cast, Member
from portal.accounts.enums import OrganisationKind, SizeClass
from portal.dates import add_months
from portal.demo.chance import stream
from portal.demo.documents import sample_pdf
from portal.demo.organisations import SMES_PER_CITY
from portal.errors import ServiceError
from portal.money import FEN

# name, lowest and highest amount (万元), months, rate, cities (none: all), sizes (none: all); by bank in turn
PRODUCTS = (
    (
        ("知贷通", 10, 1000, 36, "0.0385", (), ()),
        ("专利成长贷", 100, 3000, 36, "0.0420", (), (SizeClass.SMALL, SizeClass.MEDIUM)),
    ),
    (("海知贷", 20, 800, 24, "0.0395", ("370200", "370600", "371000", "371100", "370700"), ()),),
    (("沂澄知融贷", 10, 500, 24, "0.0405", (), (SizeClass.MICRO, SizeClass.SMALL)),),
    (("科创质押贷", 50, 2000, 36, "0.0375", (), ()),),
)
UNDER_LINE = ("知贷通",)
MORE_TERMS: dict[str, dict[str, Any]] = {
    "知贷通": {"max_pledge_ratio": Decimal("0.8"), "papers": [PaperKind.LICENCE, PaperKind.STATEMENTS]},
    "专利成长贷": {
        "right_kinds": [RightKind.INVENTION, RightKind.UTILITY_MODEL],
        "max_pledge_ratio": Decimal("0.7"),
        "papers": [PaperKind.LICENCE, PaperKind.STATEMENTS, PaperKind.VALUATION],
    },
    "沂澄知融贷": {"papers": [PaperKind.LICENCE, PaperKind.CERTIFICATE]},
    "科创质押贷": {"right_kinds": [RightKind.INVENTION, RightKind.TRADEMARK, RightKind.COPYRIGHT]},
}
PURPOSES = ("采购原材料，扩大订单交付能力", "专利产品产业化设备投入", "研发投入与中试放大", "补充流动资金")
REFUSALS = (
    "企业近两年现金流不足以覆盖利息。",
    "质押专利剩余保护期与贷款期限匹配度不足。",
    "同一实际控制人授信集中度超限。",
)
NOTES = ("请补充近一年财务报表口径。", "质押专利与融资用途关联不清，请说明。")

DRAFT, SUBMITTED, RETURNED, CLOSED = (
    ProjectState.DRAFT, ProjectState.SUBMITTED, ProjectState.RETURNED, ProjectState.CLOSED,
)  # fmt: skip
ACCEPTED, APPROVED, REFUSED, LONG = "accepted", "approved", "refused", "long"
LENT, REPAID, ADMITTED = ProjectState.LENT, ProjectState.REPAID, ProjectState.ADMITTED
HISTORIES = (
    REPAID, REPAID, SUBMITTED, ADMITTED, LENT, ACCEPTED, LENT, DRAFT, LENT, REFUSED, LENT, SUBMITTED, RETURNED, LENT,
    REPAID, LENT, CLOSED, LENT, ADMITTED, LENT, REPAID, LENT, SUBMITTED, LENT, APPROVED, LENT, DRAFT, LENT, REPAID,
    LENT, REFUSED, LENT, SUBMITTED, LENT, LONG, LONG, LENT, LONG, LONG, LONG, LENT, LONG, LONG, LONG, LENT, LONG, LONG,
)  # fmt: skip
"""How far the projects come, firm by firm. The first two, of the accounts `sme` and `sme-qingdao`, are repaid: the
province's rule leaves its base open, Qingdao's can be paid. LONG ones are loans of two years, made in
the year before: figures of this year have something to be compared with."""
TERM_MONTHS, LONG_TERM_MONTHS = 12, 24
PLEDGES_SHOWN = 0.6
REPAYING = 0.4
LPR_BASE = Decimal("0.0300")
SHOWN_FIRMS = ("sme", "sme-qingdao")
PLEDGEABLE_AGE = dt.timedelta(days=365 * 6)
"""Of no kind does a right this young end before a loan of two years does."""
REPAID_CONTRACTS = (dt.date(2024, 2, 1), dt.date(2025, 5, 20))
"""Between these days the loans that are repaid by now were made: every reference rate of that time is loaded."""
LONG_CONTRACTS = (dt.date(2025, 1, 10), REPAID_CONTRACTS[1])


def load_products(cast: Cast) -> None:
    """Give each bank its products."""
    line = open_line(next(cast.of(OrganisationKind.BANK)).organisation)
    for bank, products in zip(cast.of(OrganisationKind.BANK), PRODUCTS, strict=True):
        for name, lowest, highest, months, rate, cities, sizes in products:
            Product.objects.create(
                institution=bank.organisation,
                name=name,
                min_amount=Decimal(lowest * 10_000),
                max_amount=Decimal(highest * 10_000),
                max_term_months=months,
                annual_rate=Decimal(rate),
                cities=list(cities),
                size_classes=list(sizes),
                credit_line=line if name in UNDER_LINE else None,
                **MORE_TERMS.get(name, {}),
            )


def load_projects(*, cast: Cast, seed: int, progress: Callable[[int, int], None]) -> None:
    """Make one project for each of HISTORIES, of firms from all cities in turn."""
    rng = stream(seed, "projects")
    firms = _firms(cast)
    asked = ask_firms(cast.province)
    for done, history in enumerate(HISTORIES, start=1):
        firm, patent_ids = next(firms)
        know_firm(stream(firm.organisation.pk, "known"), asked, firm, cast.official_of(firm.organisation.city_code))
        _Story(rng, cast, firm).tell(history, patent_ids)
        progress(done, len(HISTORIES))
    _let_time_pass()
    load_money(cast)


def _let_time_pass() -> None:
    """One project near its end in the pool, one past it, one loan extended."""
    idle = Project.objects.filter(state=ADMITTED).exclude(placements__state__in=BUSY)
    near, past = idle.order_by("pk")[:2]
    Project.objects.filter(pk=near.pk).update(expires_on=clock.today() + dt.timedelta(days=12))
    Project.objects.filter(pk=past.pk).update(expires_on=clock.today() - dt.timedelta(days=1))
    services.lapse_ended()
    loan = Loan.objects.filter(state=LoanState.RUNNING, placement__project__term_months=TERM_MONTHS).order_by("due_on")[
        0
    ]
    services.record_entry(
        project_ref=loan.placement.project.ref,
        institution=loan.placement.institution,
        kind=EntryKind.EXTENSION,
        facts={"number": "ZQ-1", "on": clock.today(), "due_on": add_months(loan.due_on, 6), "note": "客户回款推迟"},
        by=machine_user(loan.placement.institution),
    )


def _firms(cast: Cast) -> Iterator[tuple[Member, list[int]]]:
    """Firms with one or two patents to pledge: those of the accounts first, then one of each city in turn."""
    shown = [cast.account(username) for username in SHOWN_FIRMS]
    members = [member for member in cast.of(OrganisationKind.SME) if member not in shown]
    by_turn = sorted(range(len(members)), key=lambda place: (place % SMES_PER_CITY, place))
    for member in (*shown, *(members[place] for place in by_turn)):
        young = own_patents(member.organisation).filter(
            legal_status=LegalStatus.VALID, filed_on__gte=clock.today() - PLEDGEABLE_AGE
        )
        patent_ids = list(young.order_by("pk").values_list("pk", flat=True)[:2])
        if patent_ids:
            yield member, patent_ids


class _Story:
    """One project and what became of it."""

    def __init__(self, rng: Random, cast: Cast, firm: Member) -> None:
        self.rng, self.firm = rng, firm
        # What was added later draws from a stream of its own, so that the rest of the demonstration stays as it was.
        self.later = stream(firm.organisation.pk, "reports")
        self.user = firm.acting_user
        self.official = cast.official_of(firm.organisation.city_code)

    def tell(self, history: str, patent_ids: list[int]) -> None:
        self.project = services.create_project(
            by=self.user,
            amount=Decimal(self.rng.choice((80, 100, 150, 200, 300, 500)) * 10_000),
            term_months=LONG_TERM_MONTHS if history == LONG else TERM_MONTHS,
            purpose=self.rng.choice(PURPOSES),
            patent_ids=patent_ids,
        )
        if history == DRAFT:
            return
        self._value(patent_ids)
        services.submit_project(project_id=self.project.pk, by=self.user, consent=True)
        if history == RETURNED:
            services.return_project(project_id=self.project.pk, by=self.official, note=self.rng.choice(NOTES))
        if history in (SUBMITTED, RETURNED):
            return
        services.admit_project(project_id=self.project.pk, by=self.official, note="资料齐全，同意入库。")
        self._after_admission(history)

    def _value(self, patent_ids: list[int]) -> None:
        """Each patent valued, together at one and a half to two and a half times the amount asked for."""
        for patent_id in patent_ids:
            share = self.project.amount * self.later.randint(15, 25) / 10 / len(patent_ids)
            valued_on = clock.today() - dt.timedelta(days=self.later.randint(20, 200))
            services.record_valuation(
                project_id=self.project.pk,
                patent_id=patent_id,
                amount=share.quantize(FEN),
                method=ValuationMethod.INCOME,
                valuer="海岱知识产权评估有限公司",
                valued_on=valued_on,
                valid_until=add_months(valued_on, 12),
                by=self.user,
            )

    def _after_admission(self, history: str) -> None:
        if history == CLOSED:
            services.close_project(project_id=self.project.pk, by=self.user, note="改用自有资金。")
        if history in (ADMITTED, CLOSED):
            return
        placements = list(self.project.placements.select_related("institution", "product").order_by("pk"))
        chosen = self.rng.choice(placements)
        if history == REFUSED:
            self._answer(chosen, AnswerKind.REFUSE, {"reason": self.rng.choice(REFUSALS)})
            return
        self._answer(chosen, AnswerKind.ACCEPT, {})
        if history == APPROVED:
            self._answer(chosen, AnswerKind.APPROVE, self._approval(chosen))
        if history in (LENT, LONG, REPAID):
            self._lend(chosen, history)

    def _lend(self, placement: Placement, history: str) -> None:
        loan = _loan_facts(self.rng, placement, history)
        self._answer(placement, AnswerKind.LEND, loan)
        if history == LENT:
            self._report(placement, loan)
        if history in (LENT, LONG):
            self._register_pledge(placement, loan)
        if history == REPAID:
            days = (loan["due_on"] - loan["drawn_on"]).days
            interest = (loan["principal"] * loan["annual_rate"] * days / 360).quantize(FEN)
            self._answer(placement, AnswerKind.REPAY, {"repaid_on": loan["due_on"], "interest_paid": interest})
        _backdate(self.project, placement, loan["contract_date"])

    def _register_pledge(self, placement: Placement, loan: dict[str, Any]) -> None:
        """The pledge as the office registered it, with its papers; of the first loans of each bank only."""
        day = loan["pledge_registered_on"]
        if self.later.random() > PLEDGES_SHOWN:
            return
        facts = services.PledgeFacts(
            pledgee=placement.institution,
            submitted_on=day - dt.timedelta(days=3),
            secured_amount=loan["principal"],
            has_valuation=True,
        )
        pledge = services.submit_pledge(project_id=self.project.pk, facts=facts, by=self.official)
        for paper in (*ALWAYS_NEEDED, PledgePaper.VALUATION):
            file = sample_pdf(str(paper.label), f"{self.project.ref}，演示材料，不具有法律效力。")
            services.attach_pledge_paper(pledge_id=pledge.pk, purpose=paper, file=file, by=self.official)
        number = f"Y{day:%Y}3700{placement.pk:05d}"
        try:
            with transaction.atomic():
                services.announce_pledge(pledge_id=pledge.pk, code="PE01", on=day, number=number, by=self.official)
        except ServiceError:
            # A patent of the demonstration was granted only after such a loan's day: the pledge stays handed in.
            services.revoke_pledge(pledge_id=pledge.pk, note="登记日早于授权公告日，退回重办。", by=self.official)

    def _approval(self, placement: Placement) -> dict[str, Any]:
        rates = {"annual_rate": placement.product.annual_rate, "lpr_base": LPR_BASE}
        return {"amount": self.project.amount, "term_months": self.project.term_months, **rates}

    def _report(self, placement: Placement, loan: dict[str, Any]) -> None:
        """What the bank has reported since: interest of a first period, and now and then a repayment."""
        end = loan["drawn_on"] + dt.timedelta(days=60)
        if end > clock.today():
            return
        interest = (loan["principal"] * loan["annual_rate"] * 60 / 360).quantize(FEN)
        period = {"period_from": loan["drawn_on"], "period_to": end, "interest": interest}
        self._enter(placement, EntryKind.INTEREST, {"number": "JX-1", "on": end, **period})
        if self.later.random() < REPAYING:
            part = (loan["principal"] / 5).quantize(FEN)
            self._enter(placement, EntryKind.REPAYMENT, {"number": "HK-1", "on": end, "principal": part})

    def _enter(self, placement: Placement, kind: EntryKind, facts: dict[str, Any]) -> None:
        services.record_entry(
            project_ref=self.project.ref,
            institution=placement.institution,
            kind=kind,
            facts=facts,
            by=machine_user(placement.institution),
        )

    def _answer(self, placement: Placement, kind: AnswerKind, facts: dict[str, Any]) -> None:
        services.record_answer(
            project_ref=self.project.ref,
            institution=placement.institution,
            kind=kind,
            facts=facts,
            by=machine_user(placement.institution),
        )


def _loan_facts(rng: Random, placement: Placement, history: str) -> dict[str, Any]:
    """A loan of the project's term. One of a year that still runs was made in the last ten months."""
    project, today = placement.project, clock.today()
    if history != LENT:
        first, last = REPAID_CONTRACTS if history == REPAID else LONG_CONTRACTS
        contract_date = first + dt.timedelta(days=rng.randrange((last - first).days))
    else:
        contract_date = today - dt.timedelta(days=rng.randint(10, 300))
    drawn_on = contract_date + dt.timedelta(days=rng.randint(2, 8))
    return {
        "bank_ref": f"YH{contract_date:%Y%m%d}-{placement.pk:04d}",
        "contract_date": contract_date,
        "pledge_registered_on": contract_date + dt.timedelta(days=1),
        "drawn_on": drawn_on,
        "due_on": add_months(drawn_on, project.term_months),
        "principal": (project.amount * rng.randint(6, 10) / 10).quantize(FEN),
        "annual_rate": placement.product.annual_rate,
        "pledge_share": Decimal(1),
        "is_first_pledge": True,
    }


def _backdate(project: Project, placement: Placement, contract_date: dt.date) -> None:
    """Let the project's own dates precede its loan, which the services wrote as of now."""
    signed = dt.datetime.combine(contract_date, dt.time(10), tzinfo=clock.SHANGHAI)
    submitted, admitted = signed - dt.timedelta(days=24), signed - dt.timedelta(days=19)
    Project.objects.filter(pk=project.pk).update(
        created_at=submitted - dt.timedelta(days=2),
        consented_at=submitted,
        submitted_at=submitted,
        admitted_at=admitted,
    )
    Placement.objects.filter(project=project).update(pushed_at=admitted)
    Placement.objects.filter(pk=placement.pk).update(answered_at=admitted + dt.timedelta(days=6))
