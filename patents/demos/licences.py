"""Open licences of the demonstration, in all states, made by the services."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from itertools import cycle
from random import Random

from patents import services
from patents.checks.licences import Declaration, Notice
from patents.enums import LegalStatus, OpenLicenceState, PatentKind
from patents.models import OpenLicence, Patent
from patents.policy.licences import FeeTerms, due_at_acceptance
from patents.queries.licences import terms_of
from portal import clock
from portal.accounts.demo import Cast, Member
from portal.accounts.enums import HOLDER_KINDS, OrganisationKind
from portal.dates import add_months
from portal.demo.chance import stream
from portal.demo.documents import sample_pdf

LICENCES = 40
OLDEST_DAYS = 200
LONGEST_MONTHS = 36
SHARE_RECORDED = 8
"""Of ten licences old enough; the others stay overdue."""
TERMS = (
    FeeTerms(
        "two_tier", Decimal(50_000), None, Decimal("0.03"), "net_sales", Decimal(10_000), Decimal(600_000), "half_year"
    ),
    FeeTerms("one_off", Decimal(80_000)),
    FeeTerms("royalty", None, None, Decimal("0.05"), "profit", Decimal(20_000), None, "year"),
    FeeTerms("instalments", Decimal(240_000), 4, settlement="half_year"),
    FeeTerms("two_tier", Decimal(120_000), None, Decimal("0.25"), "net_sales", None, Decimal(3_000_000), "quarter"),
)
PUBLISHED, SUBMITTED, RETURNED, WITHDRAWN, DRAFT = (
    OpenLicenceState.PUBLISHED, OpenLicenceState.SUBMITTED, OpenLicenceState.RETURNED, OpenLicenceState.WITHDRAWN,
    OpenLicenceState.DRAFT,
)  # fmt: skip
STATES = (
    PUBLISHED, PUBLISHED, SUBMITTED, PUBLISHED, DRAFT, PUBLISHED, WITHDRAWN, PUBLISHED, RETURNED, PUBLISHED,
    PUBLISHED, SUBMITTED,
)  # fmt: skip
FIRMS_PER_LICENCE = (2, 0, 1, 3, 0, 1)
CNIPA_STEPS = (("declared", "announced"), (), ("declared",))
REMARKS = (
    "无",
    "可提供一次现场技术培训。",
    "样机可到本单位试验室查看；技术资料随许可一并提供。",
    "本技术国内领先，欢迎选购。",
)


def load_open_licences(*, cast: Cast, seed: int) -> None:
    """Declare, publish, accept, record and withdraw open licences of the holders' patents."""
    maker = _Maker(cast, stream(seed, "open licences"))
    turns = zip(maker.patents(), cycle(STATES), cycle(TERMS), strict=False)
    for place, (patent, state, terms) in enumerate(turns):
        maker.licence(place, patent, state, terms)
    services.chase_records(limit=LICENCES)


class _Maker:
    def __init__(self, cast: Cast, rng: Random) -> None:
        self.cast, self.rng, self.today = cast, rng, clock.today()
        self.members = {member.organisation.pk: member for member in cast.of(*HOLDER_KINDS)}
        firms = list(cast.of(OrganisationKind.SME))
        shown = cast.account("sme")
        self.firms = cycle([shown, *[firm for firm in firms if firm is not shown]])

    def patents(self) -> Iterator[Patent]:
        """Valid patents of the holders, those of the account `university` among the first."""
        shown = self.cast.account("university").organisation.pk
        rows = (
            Patent.objects.filter(
                legal_status=LegalStatus.VALID,
                holder__in=self.members,
                granted_on__isnull=False,
                filed_on__year__gte=2019,
            )
            # A utility model or design filed earlier may end before the longest licence does.
            .exclude(
                kind__in=(PatentKind.UTILITY_MODEL, PatentKind.DESIGN),
                filed_on__lt=add_months(self.today, LONGEST_MONTHS - 120),
            )
            .order_by("pk")
        )
        own = list(rows.filter(holder=shown)[: LICENCES // 3])
        others = list(rows.exclude(holder=shown)[: LICENCES - len(own)])
        self.rng.shuffle(others)
        return iter([*own, *others])

    def licence(self, place: int, patent: Patent, state: OpenLicenceState, terms: FeeTerms) -> None:
        """One licence, moved on to its state as everybody would, on days of the past."""
        holder = self.members[patent.holder_id or 0]
        by, official = holder.acting_user, self.cast.official_of(holder.organisation.city_code)
        day = self.today - dt.timedelta(days=self.rng.randrange(40, OLDEST_DAYS))
        with clock.told(day):
            declaration = self.declaration(patent, holder, terms)
            draft = services.draft_open_licence(patent_id=patent.pk, by=by, declaration=declaration)
            if state == DRAFT:
                return
            services.submit_open_licence(ref=draft.ref, by=by, is_aware_of_warnings=True)
            if state == RETURNED:
                services.return_open_licence(ref=draft.ref, by=official, note="请写明收款账户和开票方式。")
            if state in (SUBMITTED, RETURNED):
                return
            services.publish_open_licence(ref=draft.ref, by=official, note="内容完整，同意登记公开。")
        self.at_cnipa(place, draft.ref, holder, day)
        for _ in range(FIRMS_PER_LICENCE[place % len(FIRMS_PER_LICENCE)]):
            self.accept(draft.ref, day, holder)
        if state == WITHDRAWN:
            services.withdraw_open_licence(ref=draft.ref, by=by, reason="拟以作价投资方式转化。")

    def declaration(self, patent: Patent, holder: Member, terms: FeeTerms) -> Declaration:
        needs_report = patent.kind != PatentKind.INVENTION
        is_state_firm = holder.facts.kind == OrganisationKind.STATE_FIRM
        return Declaration(
            owner_name=patent.applicant_names,
            terms=terms,
            payment_way="书面通知之日起十日内汇入本单位账户；提成随结算表一并支付。",
            licence_from=clock.today(),
            licence_to=add_months(self.today, self.rng.choice((18, 24, LONGEST_MONTHS))),
            other_matters=self.rng.choice(REMARKS),
            report_number=f"PJ{self.rng.randrange(10**8):08d}" if needs_report else "",
            report_on=self.today - dt.timedelta(days=300) if needs_report else None,
            report_is_positive=needs_report,
            is_free_of_state_secrets=is_state_firm,
            is_free_of_trade_secrets=is_state_firm,
            secrecy_document="保密审查意见（示例）" if is_state_firm else "",
        )

    def at_cnipa(self, place: int, ref: str, holder: Member, day: dt.date) -> None:
        for step in CNIPA_STEPS[place % len(CNIPA_STEPS)]:
            day += dt.timedelta(days=15)
            number = f"KFSL{self.rng.randrange(10**6):06d}"
            services.record_cnipa_step(ref=ref, by=holder.acting_user, state=step, done_on=day, number=number)

    def accept(self, ref: str, published_on: dt.date, holder: Member) -> None:
        """Notice and payment some days after publication, and mostly the record."""
        firm, licence = next(self.firms), OpenLicence.objects.get(ref=ref)
        due = due_at_acceptance(terms_of(licence))
        day = published_on + dt.timedelta(days=self.rng.randrange(5, 40))
        notice = Notice(
            text=f"致{licence.owner_name}：本单位愿意按公告的方式和标准支付使用费，特此书面通知。",
            given_on=day,
            paid_amount=due,
            paid_on=day if due else None,
            payment_number=f"HK{self.rng.randrange(10**8):08d}" if due else "",
        )
        with clock.told(day):
            kept = services.accept_open_licence(ref=ref, by=firm.acting_user, notice=notice)
            if due:
                services.confirm_payment(
                    ref=kept.ref, by=holder.acting_user, received_on=day, file=sample_pdf("到账凭证")
                )
        recorded_on = day + dt.timedelta(days=self.rng.randrange(10, 85))
        if recorded_on <= self.today and self.rng.randrange(10) < SHARE_RECORDED:
            number = f"BA{self.rng.randrange(10**8):08d}"
            services.record_acceptance(ref=kept.ref, by=firm.acting_user, recorded_on=recorded_on, record_number=number)
