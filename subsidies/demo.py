"""Subsidies of the demonstration: claims found from loans, awards and grants, brought to every state by the services."""

import datetime as dt
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from itertools import cycle
from pathlib import Path

import structlog

from finance.models import Loan
from patents.enums import LegalStatus
from patents.models import CentreGrant, Patent
from portal import clock
from portal.accounts.demo import Cast, Member
from portal.accounts.enums import HOLDER_KINDS, OrganisationKind
from portal.accounts.models import User
from portal.errors import ServiceError
from portal.policy.models import RuleVersion
from portal.sheets.writing import export_workbook
from subsidies import services
from subsidies.enums import AwardGrade, AwardLevel, CalculationPurpose, RuleKind
from subsidies.models import Award, Claim, OtherPayment
from subsidies.policy.likeness import loan_key
from subsidies.services.rule_versions import Draft

log = structlog.get_logger(__name__)

# How far the claims of awards come, in turn; each list goes on from the one before.
CANDIDATE, SUBMITTED, RETURNED, CITY, PROVINCE, APPROVED, PUBLICITY, PAYABLE, PAID, REFUSED, REVOKED = range(11)
STORIES = (
    PAID, CANDIDATE, SUBMITTED, PAID, CITY, PUBLICITY, RETURNED, PROVINCE, PAID, APPROVED, REFUSED, PUBLICITY, PAYABLE,
    PAID, REVOKED, SUBMITTED, CANDIDATE, PUBLICITY,
)  # fmt: skip
GRADES = (AwardGrade.EXCELLENT, AwardGrade.SILVER, AwardGrade.EXCELLENT, AwardGrade.GOLD)
ANNOUNCED = dt.date(2025, 6, 16)
ACCOUNTS = ("某商业银行城中支行", "某农商银行开发区支行", "某合作银行高新支行")
RECEIPT_HEADINGS = ("批次号", "申领编号", "金额（元）", "结果", "到账日期", "流水号", "失败原因")
DAY = "day"
PAID_ROW, FAILED_ROW = ("成功", DAY, "YS0001", ""), ("失败", "", "", "账号与户名不符")
SHA256 = "0" * 64
"""Stands for the file that the demonstration's lists did not come from."""


def load_calculations() -> None:
    """Compute a claim for each repaid loan and a forecast for each that runs, where rates of its time are known."""
    for loan in Loan.objects.order_by("pk"):
        purpose = CalculationPurpose.CLAIM if loan.repaid_on else CalculationPurpose.FORECAST
        try:
            services.calculate_interest(loan_id=loan.pk, purpose=purpose)
        except ServiceError as refusal:
            log.info("demo_interest_not_computed", loan_id=loan.pk, code=refusal.code)


def load_subsidies(cast: Cast) -> None:
    """Claims in every state, budgets, a round, look-alikes of other bodies, and a version that waits for approval."""
    load_calculations()
    for grant in CentreGrant.objects.order_by("pk"):
        services.find_grant_claims(grant_id=grant.pk)
    _Stories(cast).tell()
    _load_other_payments()
    _load_round(cast)
    _draft_rule(cast)


class _Stories:
    """Awards of organisations from all cities, and what became of each claim."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.finance = next(one.acting_user for one in cast.of(OrganisationKind.FINANCE_DEPARTMENT))
        self.numbers = cycle(range(1, 10))
        self.paid: list[Claim] = []
        self.revoked: Claim | None = None

    def tell(self) -> None:
        today = clock.today()
        self._budgets()
        winners = list(zip(STORIES, self._winners(), strict=False))
        for (story, (member, patent)), grade in zip(winners, cycle(GRADES), strict=False):
            claim = self._claim(member, patent, grade)
            if claim is not None and story != CANDIDATE:
                days = 30 if story in (PAYABLE, PAID, REVOKED) else 4
                with clock.told(today - dt.timedelta(days=days)):
                    self._bring(claim, member.acting_user, story)
        self._double(winners)
        services.end_publicity()
        self._pay()

    def _budgets(self) -> None:
        for kind, total in (
            (RuleKind.CHINA_AWARD, 5_000_000),
            (RuleKind.INTEREST, 10_000_000),
            (RuleKind.CENTRE, 9_000_000),
        ):
            for year in (2025, clock.today().year):
                services.save_budget(
                    by=self.finance,
                    year=year,
                    kind=kind,
                    total=Decimal(total),
                    shortfall="first_come",
                    basis="演示预算",
                )

    def _winners(self) -> Iterator[tuple[Member, Patent]]:
        """One patent each of firms and holders, cities in turn."""
        for member in (*self.cast.of(OrganisationKind.SME), *self.cast.of(*HOLDER_KINDS)):
            patents = Patent.objects.filter(
                holder=member.organisation, number__isnull=False, legal_status=LegalStatus.VALID
            )
            patent = patents.order_by("pk").first()
            if patent is not None:
                yield member, patent

    def _claim(self, member: Member, patent: Patent, grade: str, level: str = AwardLevel.CHINA) -> Claim | None:
        firm = member.organisation
        award = Award.objects.create(
            level=level,
            grade=grade,
            year=ANNOUNCED.year,
            announced_on=ANNOUNCED,
            patent_number=patent.number or "",
            title=patent.title,
            uscc=firm.uscc or "",
            winner_name=firm.name,
            organisation=firm,
            source_sha256=SHA256,
            source_row=next(self.numbers),
        )
        return services.find_award_claim(award_id=award.pk)

    def _double(self, winners: list[tuple[int, tuple[Member, Patent]]]) -> None:
        """A patent that won at the other level too: a question to an officer."""
        for story, (member, patent) in winners:
            if story == CANDIDATE:
                self._claim(member, patent, AwardGrade.FIRST, AwardLevel.SHANDONG)
                for claim in Claim.objects.filter(award__patent_number=patent.number):
                    services.compute_claim(claim_id=claim.pk)
                return

    def _bring(self, claim: Claim, user: User, story: int) -> None:
        account = services.Account(ACCOUNTS[claim.pk % len(ACCOUNTS)], f"62220001{claim.pk:011d}")
        services.confirm_claim(claim_id=claim.pk, by=user, account=account, consent=True)
        city, province = self.cast.official_of(claim.city_code), self.cast.province
        if story == RETURNED:
            services.comment(claim_id=claim.pk, by=city, field="account", text="开户银行请写到支行。")
            services.return_claim(claim_id=claim.pk, by=city, note="请补正收款账户。")
        elif story == REFUSED:
            services.refuse_claim(claim_id=claim.pk, by=city, note="获奖专利已转让，申领单位不是现权利人。")
            found = services.request_reexamination(claim_id=claim.pk, by=user, grounds="授奖时本单位为专利权人。")
            services.uphold(
                reexamination_id=found.pk,
                by=province,
                reasons="奖励发给申领时的专利权人，转让登记早于申领日，维持原结果。",
            )
        if story in (SUBMITTED, RETURNED, REFUSED):
            return
        services.pass_claim(claim_id=claim.pk, by=city, no_conflict=True, note="材料齐全。")
        if story == CITY:
            return
        services.pass_claim(claim_id=claim.pk, by=province, no_conflict=True, note="同意。")
        if story == PROVINCE:
            return
        services.approve_claim(claim_id=claim.pk, by=self.finance, no_conflict=True)
        if story != APPROVED:
            services.publish_claim(claim_id=claim.pk, by=province)
        if story in (PAID, REVOKED):
            self.paid.append(claim)
        if story == REVOKED:
            self.revoked = claim

    def _pay(self) -> None:
        """One batch that the bank has answered: a payment failed and waits, one was found to be got by fraud."""
        batch = services.create_batch(by=self.finance, year=ANNOUNCED.year, kind=RuleKind.CHINA_AWARD)
        services.fill_batch(batch_id=batch.pk)
        services.export_batch(batch_id=batch.pk, by=self.finance)
        paid = {claim.pk for claim in self.paid}
        rows = [
            [batch.ref, line.claim.ref, str(line.amount), *(PAID_ROW if line.claim_id in paid else FAILED_ROW)]
            for line in batch.lines.select_related("claim").order_by("pk")
        ]
        rows = [[str(clock.today()) if cell == DAY else cell for cell in row] for row in rows]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "receipt.xlsx"
            path.write_bytes(export_workbook(RECEIPT_HEADINGS, rows))
            services.read_receipt(batch_id=batch.pk, by=self.finance, path=path)
        if self.revoked is not None:
            self.revoked.refresh_from_db()
            services.claw_back(
                claim_id=self.revoked.pk,
                by=self.cast.province,
                amount=self.revoked.approved_amount or Decimal(0),
                reason="经查获奖材料系伪造。",
                bar=True,
            )


def _load_other_payments() -> None:
    """Another body's list: one loan that is the same, one that only looks so."""
    claims = Claim.objects.filter(kind=RuleKind.INTEREST).select_related("organisation", "loan").order_by("pk")
    made = []
    for place, claim in enumerate(claims[1:3]):
        loan = claim.loan
        if loan is None or loan.repaid_on is None:
            continue
        ref = loan.bank_ref if place else f"{loan.bank_ref[:-1]}X"
        made.append(
            OtherPayment(
                payer="某市科技部门（演示）",
                programme="科技型企业贷款贴息",
                firm_name=claim.organisation.name,
                uscc=claim.organisation.uscc or "",
                loan_ref=ref,
                loan_key=loan_key(ref),
                principal=loan.principal,
                amount=Decimal("20000.00"),
                paid_on=loan.repaid_on,
                source_sha256=SHA256,
                source_row=place + 2,
            )
        )
    services.match_payments(OtherPayment.objects.bulk_create(made))
    for claim in claims[1:3]:
        services.compute_claim(claim_id=claim.pk)


def _load_round(cast: Cast) -> None:
    """A round that is open, with one draft of the firm whose account signs in."""
    today = clock.today()
    found = services.save_round(
        by=cast.province,
        title=f"{today.year} 年专利保险保费补贴申报",
        kind=RuleKind.PATENT_PREMIUM,
        year=today.year,
        opens_on=today - dt.timedelta(days=10),
        closes_on=today + dt.timedelta(days=35),
        notice="请准备保单、保费发票和付款凭证，以及专利证书和有效性证明。",
    )
    services.open_round(round_id=found.pk, by=cast.province)
    given = services.Application("BD-YS-0001", Decimal("86000.00"), today - dt.timedelta(days=40), "enforcement")
    services.save_application(by=cast.account("sme").acting_user, round_id=found.pk, application=given)


def _draft_rule(cast: Cast) -> None:
    """A version that waits for another official's approval."""
    base = RuleVersion.objects.get(code="QD-2024")
    fields = {name: getattr(base, name) for name in Draft.__dataclass_fields__}
    year = clock.today().year + 1
    fields |= {
        "code": f"QD-{year}-DRAFT",
        "title": f"{base.title}（{year} 年征求意见稿）",
        "document_number": "",
        "in_force_from": dt.date(year, 1, 1),
        "parameters": {**base.parameters, "ratio": "0.50"},
        "note": "演示用草案，未经批准。",
    }
    services.save_draft(by=cast.province, draft=Draft(**fields))
