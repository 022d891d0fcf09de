"""Claims on public money, and what officials write to them."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from finance.models import Loan
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked
from portal.policy.models import RuleVersion
from subsidies.enums import ClaimSource, ClaimState, RoundState, RuleKind
from subsidies.models.awards import Award

if TYPE_CHECKING:
    from typing import Self

YUAN: dict[str, Any] = {"max_digits": 16, "decimal_places": 2}
# States that a claim reaches without the firm having confirmed anything.
UNCONFIRMED = [ClaimState.CANDIDATE, ClaimState.INELIGIBLE, ClaimState.DRAFT, ClaimState.WITHDRAWN, ClaimState.REFUSED]


def person(label: str) -> Any:
    """A column for the official who took a step."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label
    )


@tracked()
class Round(models.Model):
    """A time in which firms may apply for a kind of subsidy that the portal does not find by itself."""

    title = models.CharField("名称", max_length=200)
    kind = models.CharField("种类", max_length=40, choices=RuleKind)
    year = models.PositiveSmallIntegerField("申报年度")
    opens_on = models.DateField("开始日")
    closes_on = models.DateField("截止日")
    notice = models.TextField("说明", blank=True)
    state = models.CharField("状态", max_length=10, choices=RoundState, default=RoundState.DRAFT)

    class Meta:
        verbose_name = verbose_name_plural = "申报批次"
        ordering = ("-id",)
        constraints = [models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="round_period")]

    def __str__(self) -> str:
        return self.title


class ClaimQuerySet(models.QuerySet["Claim"]):
    def visible_to(self, user: Any) -> "Self":
        """Province and finance all, a city its own, an organisation its own; nobody a draft of another."""
        if not user.is_authenticated:
            return self.none()
        if user.role in (Role.PROVINCE, Role.FINANCE):
            return self.exclude(state=ClaimState.DRAFT)
        if user.role == Role.CITY:
            return self.filter(city_code=user.city_code).exclude(state=ClaimState.DRAFT)
        if user.role in (Role.SME, Role.HOLDER):
            return self.filter(organisation_id=user.organisation_id)
        return self.none()


@tracked()
class Claim(models.Model):
    """One organisation's claim for one object: a loan, an award, an instalment of a grant, a premium paid.

    `object_key` names the object; with the kind it is unique, so that nothing is claimed twice, under whichever
    version. `amount` is the newest calculation's, `approved_amount` what the budget holds for it.
    """

    ref = models.CharField("申领编号", max_length=20, unique=True)
    kind = models.CharField("种类", max_length=40, choices=RuleKind)
    source = models.CharField("来源", max_length=10, choices=ClaimSource)
    rule = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="+", verbose_name="规则版本")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="claims", verbose_name="申领单位"
    )
    city_code = models.CharField("所在市代码", max_length=6, db_index=True)
    object_key = models.CharField("申领对象", max_length=100)
    subject = models.CharField("事项", max_length=200)
    year = models.PositiveSmallIntegerField("申报年度")
    state = models.CharField("状态", max_length=20, choices=ClaimState)
    loan = models.ForeignKey(
        Loan, on_delete=models.PROTECT, null=True, blank=True, related_name="claims", verbose_name="贷款"
    )
    award = models.ForeignKey(
        Award, on_delete=models.PROTECT, null=True, blank=True, related_name="claims", verbose_name="专利奖"
    )
    instalment = models.ForeignKey(
        "patents.GrantInstalment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        verbose_name="经费分期",
    )
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, null=True, blank=True, related_name="claims", verbose_name="申报批次"
    )
    given = models.JSONField("企业填报", default=dict, blank=True)
    missing = models.JSONField("缺少的事实", default=list, blank=True)
    amount = models.DecimalField("核算金额（元）", null=True, blank=True, **YUAN)
    approved_amount = models.DecimalField("核定金额（元）", null=True, blank=True, **YUAN)
    bank_name = models.CharField("开户银行", max_length=100, blank=True)
    account_name = models.CharField("账户名称", max_length=200, blank=True)
    account_encrypted = models.TextField("收款账号（加密）", blank=True)
    account_tail = models.CharField("收款账号末四位", max_length=4, blank=True)
    consented_at = models.DateTimeField("确认时间", null=True, blank=True)
    consented_by = person("确认人")
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    due_on = models.DateField("补正期限", null=True, blank=True)
    note = models.CharField("审核意见", max_length=500, blank=True)
    city_by = person("市级审核人")
    province_by = person("省级审核人")
    finance_by = person("财政审核人")
    decided_at = models.DateTimeField("核定时间", null=True, blank=True)
    publicity_from = models.DateField("公示开始日", null=True, blank=True)
    publicity_until = models.DateField("公示截止日", null=True, blank=True)
    paid_on = models.DateField("到账日", null=True, blank=True)
    created_at = models.DateTimeField("生成时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "补贴申领"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_key"], name="claim_once_per_object"),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gte=0), name="claim_amount"),
            models.CheckConstraint(
                condition=Q(approved_amount__isnull=True) | Q(approved_amount__gt=0, approved_amount__lte=F("amount")),
                name="claim_approved_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNCONFIRMED)
                | (Q(consented_at__isnull=False, consented_by__isnull=False) & ~Q(account_encrypted="")),
                name="claim_confirmed_by_firm",
            ),
            models.CheckConstraint(
                condition=(Q(city_by__isnull=True) | Q(province_by__isnull=True) | ~Q(city_by=F("province_by")))
                & (Q(city_by__isnull=True) | Q(finance_by__isnull=True) | ~Q(city_by=F("finance_by")))
                & (Q(province_by__isnull=True) | Q(finance_by__isnull=True) | ~Q(province_by=F("finance_by"))),
                name="claim_three_persons",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="claim_organisation"),
            models.Index(fields=["state", "kind", "year"], name="claim_state_kind_year"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.organisation}"

    def get_absolute_url(self) -> str:
        return reverse("subsidies:claim", args=[self.ref])

    @property
    def masked_account(self) -> str:
        """As everybody but the treasury's file sees it."""
        return f"**** {self.account_tail}" if self.account_tail else ""


class ClaimComment(models.Model):
    """What an official asks the firm to mend, at one fact or document."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="comments", verbose_name="申领")
    field = models.CharField("事项", max_length=60)
    text = models.CharField("意见", max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="审核人")
    at = models.DateTimeField("时间", auto_now_add=True)
    resolved_at = models.DateTimeField("已补正", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "逐项意见"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.field}：{self.text}"


class Recusal(models.Model):
    """An official who may not decide about an organisation: a conflict of interest, declared or found."""

    official = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="recusals", verbose_name="工作人员"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="单位")
    reason = models.CharField("原因", max_length=300)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "回避"
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["official", "organisation"], name="recusal_once")]

    def __str__(self) -> str:
        return f"{self.official} 回避 {self.organisation}"


class SiteCheck(models.Model):
    """A claim drawn for a look on the spot. `seed` lets anybody draw the same sample again."""

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, related_name="site_check", verbose_name="申领")
    seed = models.CharField("抽样种子", max_length=40)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="抽取人"
    )
    drawn_at = models.DateTimeField("抽取时间", auto_now_add=True)
    checked_on = models.DateField("核查日", null=True, blank=True)
    passed = models.BooleanField("相符", null=True)
    finding = models.CharField("核查情况", max_length=500, blank=True)
    checked_by = person("核查人")

    class Meta:
        verbose_name = verbose_name_plural = "现场核查"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"现场核查 {self.claim.ref}"
