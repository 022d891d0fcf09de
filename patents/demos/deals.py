"""Deals of the demonstration in every state, from 2020 to today, made by the services and then dated back."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import count, islice
from random import Random
from typing import Any

import pgtrigger
from django.core.files.base import ContentFile
from django.db.models import F

from patents.enums import LegalStatus, PatentKind
from patents.enums.deals import (
    LICENCES,
    DealKind,
    DealState,
    DocumentKind,
    EndReason,
    MoneyKind,
    Origin,
    PartyKind,
    PriceWay,
    Pricing,
    ShareGroup,
    Side,
)
from patents.models import (
    ContractSupplement,
    Deal,
    DealContract,
    DealDocument,
    DealMessage,
    MoneyReceived,
    Patent,
    PricePublicity,
)
from patents.policy.deal_terms import (
    ContractTerms,
    CostLine,
    MoneyFacts,
    PayoutFacts,
    PersonLine,
    PlanLine,
    Publicity,
    RecordFacts,
    SupplementTerms,
    WorksheetTerms,
)
from patents.policy.income import equal_shares
from patents.queries.income import left_to_pay
from patents.services import deals as services
from portal import clock
from portal.accounts.demo import Cast, Member
from portal.accounts.enums import HOLDER_KINDS, OrganisationKind
from portal.demo.chance import stream
from portal.demo.documents import sample_pdf

ENQUIRY, TALKS, CONTRACT, RECORDED, PAYING, CLOSED, ENDED = DealState
STATES = (
    CLOSED, PAYING, ENQUIRY, TALKS, CONTRACT, RECORDED, ENDED, CLOSED, PAYING, CLOSED, ENQUIRY, PAYING, CLOSED, TALKS,
    ENDED, CLOSED, PAYING, CONTRACT, CLOSED, ENDED, PAYING, CLOSED, RECORDED, ENQUIRY, CLOSED, PAYING, TALKS, CLOSED,
    ENDED, PAYING, CLOSED, CONTRACT, CLOSED, ENDED, PAYING, CLOSED, ENQUIRY, CLOSED, ENDED, PAYING, CLOSED, TALKS,
    CLOSED, PAYING, RECORDED, CLOSED, ENDED, PAYING, CLOSED, ENDED, CLOSED, PAYING, CLOSED, CLOSED,
)  # fmt: skip
"""Where the deals stand, one after the other. The first fourteen are of the accounts `university` and `sme` in turn,
so that both find something in every state."""
SHOWN = 14
ODD = (
    (DealKind.TRANSFER, Pricing.FREE), (DealKind.EXCLUSIVE, Pricing.FIXED), (DealKind.TRANSFER, Pricing.FIXED),
    (DealKind.SOLE, Pricing.FIXED),
)  # fmt: skip
"""Recorded, more than a year old and never paid for, one of them free of charge: statistics marks them for an officer
to look at."""
ODD_DAYS = (480, 700)
ODD_TRIES = 200
"""Holders without a patent of that age are passed over; a pool without any must not hold up the start."""
KINDS = (
    DealKind.ORDINARY, DealKind.TRANSFER, DealKind.EXCLUSIVE, DealKind.TRANSFER, DealKind.SOLE, DealKind.ORDINARY,
    DealKind.INVESTMENT, DealKind.TRANSFER,
)  # fmt: skip
REASONS = tuple(EndReason)
VALUES = (60_000, 100_000, 150_000, 200_000, 300_000, 480_000, 650_000, 1_200_000, 2_000_000)
QUESTIONS = (
    "我公司正在改造生产线，想了解该技术是否已有中试数据、许可方式和价格。",
    "该专利与我们的新产品方向一致，请问能否到校交流并查看样机？",
    "希望受让该专利并请发明人团队做三个月技术指导，请告知条件。",
)
ANSWERS = (
    "已完成实验室验证，可提供测试报告；建议先签普通许可，按入门费加后期合作推进。",
    "欢迎来访。样机在实验室，可现场演示，价格可按评估价协商。",
    "可以转让，团队可提供技术指导，请先寄送应用场景说明。",
)
FIRST_DAY = dt.date(2020, 2, 10)
TAX = "现金奖励减按百分之五十计入当月工资薪金所得"


def load_deals(*, cast: Cast, seed: int, progress: Callable[[int, int], None]) -> None:
    """Make one deal for each of STATES; calls `progress(done, total)` after each."""
    rng = stream(seed, "deals")
    pairs = _pairs(cast, rng, list(cast.of(OrganisationKind.SME)))
    numbers = count(1)
    for done, state in enumerate(STATES, start=1):
        holder, firm = next(pairs)
        day = _opening_day(rng, state)
        patent = _patent_of(holder, day)
        if patent:
            _Story(rng, holder, firm, next(numbers), day).tell(state, patent, KINDS[done % len(KINDS)])
        progress(done, len(STATES))
    _load_odd(rng, pairs, numbers)


def _load_odd(rng: Random, pairs: Iterator[tuple[Member, Member]], numbers: Iterator[int]) -> None:
    left = list(ODD)
    for holder, firm in islice(pairs, ODD_TRIES):
        if not left:
            break
        day = clock.today() - dt.timedelta(days=rng.randint(*ODD_DAYS))
        if patent := _patent_of(holder, day):
            kind, pricing = left.pop()
            _Story(rng, holder, firm, next(numbers), day, pricing=pricing).tell(RECORDED, patent, kind)


def _pairs(cast: Cast, rng: Random, firms: list[Member]) -> Iterator[tuple[Member, Member]]:
    """Holder and firm of each deal: those of the accounts first, then all by chance."""
    university, shown = cast.account("university"), cast.account("sme")
    others = list(cast.of(*HOLDER_KINDS))
    for place in range(SHOWN):
        yield university, (shown if place % 2 == 0 else rng.choice(firms))
    while True:
        yield rng.choice(others), rng.choice(firms)


def _opening_day(rng: Random, state: DealState) -> dt.date:
    """Open enquiries are fresh; what is signed lies between 2020 and half a year ago, more of it in later years."""
    today = clock.today()
    if state in (ENQUIRY, TALKS):
        return today - dt.timedelta(days=rng.randint(1, 4 if state == ENQUIRY else 60))
    if state in (CONTRACT, RECORDED):
        return today - dt.timedelta(days=rng.randint(120, 200))
    span = (today - dt.timedelta(days=330) - FIRST_DAY).days
    return FIRST_DAY + dt.timedelta(days=int(span * rng.random() ** 0.6))


def _patent_of(holder: Member, day: dt.date) -> Patent | None:
    """A patent of the holder that was in force a year before `day`, is still, and is in no deal."""
    free = Patent.objects.filter(
        holder=holder.organisation,
        legal_status=LegalStatus.VALID,
        overlays=[],
        deals__isnull=True,
        granted_on__lte=day,
        filed_on__gte=clock.today() - dt.timedelta(days=365 * 9),
    ).exclude(kind=PatentKind.DESIGN)
    return free.defer("abstract", "search_tokens").order_by("granted_on", "pk").first()


class _Story:
    """One deal and what became of it."""

    def __init__(
        self, rng: Random, holder: Member, firm: Member, number: int, day: dt.date, *, pricing: Pricing | None = None
    ) -> None:
        self.rng, self.number, self.day, self.today = rng, number, day, clock.today()
        self.holder, self.firm, self.pricing = holder.acting_user, firm.acting_user, pricing

    def tell(self, state: DealState, patent: Patent, kind: DealKind) -> None:
        self.deal = services.enquire(
            by=self.firm,
            patent_ids=[patent.pk],
            kind=kind,
            message=self.rng.choice(QUESTIONS),
            origin=self.rng.choice((Origin.PATENT_PAGE, Origin.PATENT_PAGE, Origin.MATCH, Origin.EVENT)),
        )
        self.patent, self.signed_on = patent, self._later(self.day, 45, 70)
        if state != ENQUIRY:
            services.answer_enquiry(deal_id=self.deal.pk, by=self.holder, message=self.rng.choice(ANSWERS))
        if state not in (ENQUIRY, TALKS, ENDED):
            self._sign()
            self._after_signing(state)
        if state == ENDED:
            reason = REASONS[self.number % len(REASONS)]
            services.end_deal(deal_id=self.deal.pk, by=self.firm, reason=reason, note="双方友好终止洽谈。")
        self._date_back(state)

    def _later(self, day: dt.date, least: int, most: int) -> dt.date:
        return min(day + dt.timedelta(days=self.rng.randint(least, most)), self.today)

    def _sign(self) -> None:
        deal = self.deal
        self.value = Decimal(self.rng.choice(VALUES))
        is_free = self.pricing == Pricing.FREE
        is_royalty = self.pricing is None and deal.kind == DealKind.ORDINARY and self.number % 5 == 0
        starts = self.signed_on - dt.timedelta(days=17)
        if deal.parties.get(side=Side.GIVER).kind in (PartyKind.UNIVERSITY, PartyKind.INSTITUTE):
            facts = Publicity(
                result_name=self.patent.title, price_amount=None if is_free else self.value,
                price_text="无偿" if is_free else "", starts_on=starts,
                ends_on=starts + dt.timedelta(days=15), place="本单位网站公示栏", objection_contact="成果转化办公室",
            )  # fmt: skip
            services.start_publicity(deal_id=deal.pk, by=self.holder, facts=facts)
        terms = ContractTerms(
            number=f"ZH{self.signed_on:%Y%m%d}-{self.number:03d}",
            signed_on=self.signed_on,
            valid_from=self.signed_on,
            valid_to=self._licence_end() if deal.kind in LICENCES else None,
            pricing=self.pricing or (Pricing.ENTRY_ROYALTY if is_royalty else Pricing.FIXED),
            price_way=PriceWay.AGREEMENT,
            value_amount=None if is_free else self.value,
            royalty_rate=Decimal("0.03") if is_royalty else None,
            royalty_base="net_sales" if is_royalty else "",
            is_related_party=self.number % 17 == 0,
            plan=[] if is_free else self._plan(),
        )
        services.sign_contract(deal_id=deal.pk, by=self.holder, terms=terms, file=_paper("合同"))
        services.confirm_contract(deal_id=deal.pk, by=self.firm)

    def _licence_end(self) -> dt.date:
        years = 1 if self.patent.kind == PatentKind.UTILITY_MODEL else 5
        return self.signed_on + dt.timedelta(days=365 * years - 1)

    def _plan(self) -> list[PlanLine]:
        half = (self.value / 2).quantize(Decimal("0.01"))
        return [
            PlanLine(self.signed_on + dt.timedelta(days=30), half, "合同生效后"),
            PlanLine(self.signed_on + dt.timedelta(days=150), self.value - half, "技术资料交付并验收后"),
        ]

    def _after_signing(self, state: DealState) -> None:
        deal = self.deal
        year = self.signed_on.year
        number = f"{year}3701{self.number:08d}"
        services.register_technical_contract(deal_id=deal.pk, by=self.holder, number=number)
        if state == CONTRACT:
            return
        self.recorded_on = self._later(self.signed_on, 20, 45)
        facts = RecordFacts(f"X{year}37{self.number:07d}", self.recorded_on, self.recorded_on)
        services.record_deal(deal_id=deal.pk, by=self.holder, facts=facts, file=_paper("备案证明"))
        if state == RECORDED:
            return
        parts = self._plan() if state == CLOSED else self._plan()[:1]
        for line in parts:
            self._receive(line)
        if state == CLOSED:
            services.close_deal(deal_id=deal.pk, by=self.holder)
        elif deal.kind in LICENCES:
            self._amend()
        elif self.number % 4 == 1:
            self._correct(parts[0])

    def _amend(self) -> None:
        """The two sides shorten the licence by a month."""
        signed_on = self._later(self.signed_on, 60, 80)
        change = SupplementTerms(
            number=f"BC{signed_on:%Y%m%d}-{self.number:03d}",
            signed_on=signed_on,
            reason="被许可方产品计划调整，双方商定缩短许可期限。",
            valid_to=self._licence_end() - dt.timedelta(days=30),
        )
        services.propose_supplement(deal_id=self.deal.pk, by=self.holder, terms=change, file=_paper("补充协议"))
        services.confirm_supplement(deal_id=self.deal.pk, by=self.firm)

    def _correct(self, line: PlanLine) -> None:
        """A payment was entered too high: taken back after it was divided, and entered anew."""
        wrong = self.deal.money.get()
        services.reverse_money(
            deal_id=self.deal.pk, money_id=wrong.pk, by=self.holder, reason="金额录入错误，以银行回单为准"
        )
        self._receive(replace(line, amount=(line.amount * Decimal("0.8")).quantize(Decimal("0.01"))))

    def _receive(self, line: PlanLine) -> None:
        kind = MoneyKind.SHARES if self.deal.kind == DealKind.INVESTMENT else MoneyKind.PRICE
        payer = self.deal.parties.get(side=Side.RECEIVER)
        day = self._later(line.due_on, 5, 25)
        facts = MoneyFacts(kind=kind, amount=line.amount, received_on=max(day, self.signed_on), payer_id=payer.pk)
        money = services.record_money(deal_id=self.deal.pk, by=self.holder, facts=facts, file=_paper("到账凭证"))
        if self.number % 6:
            self._divide(money)

    def _divide(self, money: MoneyReceived) -> None:
        inventors = self.patent.inventors[:6] or ["课题组"]
        people = [
            PersonLine(ShareGroup.INVENTOR, name, share)
            for name, share in zip(inventors, equal_shares(len(inventors)), strict=True)
        ]
        people.append(PersonLine(ShareGroup.OFFICE, "成果转化办公室", Decimal(1)))
        cost = CostLine("valuation", Decimal(self.rng.choice((2000, 3000, 5000))), _paper("评估发票"), "专利评估")
        sheet = services.draft_worksheet(
            money_id=money.pk, by=self.holder, terms=WorksheetTerms(costs=[cost], people=people)
        )
        services.confirm_worksheet(worksheet_id=sheet.pk, by=self.holder)
        paid_on = self._later(money.received_on, 10, 40)
        if self.number % 4 == 0:
            return
        for share in sheet.shares.all():
            # Nothing is left where more was paid before the payment was taken back.
            if not (left := left_to_pay(share)):
                continue
            facts = PayoutFacts(amount=left, paid_on=paid_on, tax_note=TAX)
            services.pay_out(share_id=share.pk, by=self.holder, facts=facts, file=_paper("发放凭证"))

    def _date_back(self, state: DealState) -> None:
        """Let everything have happened when it did; the services wrote it as of now."""
        shift = self.today - self.day
        dates: dict[str, Any] = {"opened_on": self.day, "created_at": _noon(self.day)}
        if self.deal.answer_by:
            dates["answer_by"] = self.deal.answer_by - shift
        if state != ENQUIRY:
            dates["answered_on"] = self._later(self.day, 1, 4)
        if state in (CLOSED, ENDED):
            dates["closed_on"] = self._closing_day(state)
        Deal.objects.filter(pk=self.deal.pk).update(**dates)
        at = _noon(self.day)
        deal = {"deal": self.deal}
        with pgtrigger.ignore("patents.DealMessage:append_only", "patents.DealDocument:append_only"):
            DealMessage.objects.filter(**deal).update(created_at=F("created_at") - shift, said_on=self.day)
            for document in DealDocument.objects.filter(**deal):
                DealDocument.objects.filter(pk=document.pk).update(created_at=_noon(self._handed_in_on(document)))
        PricePublicity.objects.filter(**deal).update(created_at=at)
        DealContract.objects.filter(**deal).update(
            created_at=_noon(self.signed_on), confirmed_at=_noon(self._later(self.signed_on, 1, 5))
        )

        at = _noon(self._later(self.signed_on, 80, 90))
        ContractSupplement.objects.filter(contract__deal=self.deal).update(created_at=at, answered_at=at)

    def _handed_in_on(self, document: DealDocument) -> dt.date:
        if document.kind == DocumentKind.CONTRACT:
            return self.signed_on
        if document.kind == DocumentKind.RECORD:
            return self.recorded_on
        last = self.deal.money.order_by("-received_on").values_list("received_on", flat=True).first()
        return self._later(last or self.signed_on, 1, 40)

    def _closing_day(self, state: DealState) -> dt.date:
        last = self.deal.money.order_by("-received_on").values_list("received_on", flat=True).first()
        return self._later(last or self.day, 10, 40)


def _noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), tzinfo=clock.SHANGHAI)


_papers = count(1)


def _paper(name: str) -> ContentFile:
    """A document that says what it stands for; each is another, as scans are."""
    return sample_pdf(name, f"演示材料第 {next(_papers)} 号，不具有法律效力。")
