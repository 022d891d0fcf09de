"""Open licences: what a holder declared, what was done about it at CNIPA, and who took it."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from patents.columns.models import marks_changes
from patents.enums import (
    AcceptanceState,
    CnipaState,
    OpenLicenceState,
    Overlay,
    PaymentKind,
    RoyaltyBase,
    Settlement,
)
from patents.models.deals import Deal
from patents.models.pool import Patent
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked

if TYPE_CHECKING:
    from typing import Self

YUAN: Any = {"max_digits": 16, "decimal_places": 2, "null": True, "blank": True}
CAN_BE_READ = (OpenLicenceState.PUBLISHED, OpenLicenceState.WITHDRAWN)
OPEN = (OpenLicenceState.SUBMITTED, OpenLicenceState.PUBLISHED)
FIXED_ONCE_PUBLISHED = (
    "patent_id", "holder_id", "owner_name", "payment_kind", "fixed_amount", "instalment_count", "royalty_rate",
    "royalty_base", "minimum_year_amount", "cap_total_amount", "settlement", "payment_way", "licence_from",
    "licence_to", "other_matters", "published_on",
)  # fmt: skip


class OpenLicenceQuerySet(models.QuerySet["OpenLicence"]):
    def visible_to(self, user: Any) -> "Self":
        """What was made public everybody sees; the rest its holder, its city and the province."""
        public = Q(published_on__isnull=False, state__in=CAN_BE_READ)
        if not user.is_authenticated:
            return self.filter(public)
        if user.role == Role.PROVINCE:
            return self
        if user.role == Role.CITY:
            return self.filter(public | Q(holder__city_code=user.city_code))
        if user.role == Role.HOLDER:
            return self.filter(public | Q(holder_id=user.organisation_id))
        return self.filter(public)

    def of_user(self, user: Any) -> "Self":
        """Those that `user` may change or decide about: a holder's own, a city's, all for the province."""
        if not user.is_authenticated:
            return self.none()
        if user.role == Role.PROVINCE:
            return self
        if user.role == Role.CITY:
            return self.filter(holder__city_code=user.city_code)
        return self.filter(holder_id=user.organisation_id) if user.role == Role.HOLDER else self.none()


@tracked()
class OpenLicence(models.Model):
    """The declaration that anybody may use a patent at stated terms (patent law art. 50, implementing rules art. 85)."""

    ref = models.CharField("编号", max_length=20, unique=True)
    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="open_licences", verbose_name="专利")
    holder = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="open_licences", verbose_name="声明单位"
    )
    owner_name = models.CharField("专利权人", max_length=600)
    payment_kind = models.CharField("使用费支付形式", max_length=12, choices=PaymentKind)
    fixed_amount = models.DecimalField("固定费用（元）", **YUAN)
    instalment_count = models.PositiveSmallIntegerField("分期数", null=True, blank=True)
    royalty_rate = models.DecimalField("提成比例", max_digits=7, decimal_places=6, null=True, blank=True)
    royalty_base = models.CharField("提成基数", max_length=10, choices=RoyaltyBase, blank=True)
    minimum_year_amount = models.DecimalField("年最低使用费（元）", **YUAN)
    cap_total_amount = models.DecimalField("累计付费上限（元）", **YUAN)
    settlement = models.CharField("结算周期", max_length=10, choices=Settlement, blank=True)
    payment_way = models.CharField("使用费支付方式", max_length=500)
    licence_from = models.DateField("许可期限起")
    licence_to = models.DateField("许可期限止")
    other_matters = models.TextField("其他需要说明的事项")
    report_number = models.CharField("专利权评价报告编号", max_length=60, blank=True)
    report_on = models.DateField("评价报告作出日", null=True, blank=True)
    report_is_positive = models.BooleanField("评价报告结论为未发现不符合授权条件", default=False)
    co_owner_consent = models.CharField("共有人同意文件", max_length=300, blank=True)
    stated_overlays = ArrayField(
        models.CharField(max_length=20, choices=Overlay),
        verbose_name="权利人说明的权利负担",
        default=list,
        blank=True,
    )
    pledgee_consent = models.CharField("质权人同意文件", max_length=300, blank=True)
    is_free_of_state_secrets = models.BooleanField("不涉及国家秘密", default=False)
    is_free_of_trade_secrets = models.BooleanField("不泄露商业秘密", default=False)
    secrecy_document = models.CharField("保密审查文件", max_length=300, blank=True)
    warnings = models.JSONField("提示", default=list, blank=True)
    obstacle = models.CharField("其他妨碍实施的情形", max_length=300, blank=True)
    state = models.CharField("本平台登记状态", max_length=10, choices=OpenLicenceState, default=OpenLicenceState.DRAFT)
    review_note = models.CharField("审核意见", max_length=500, blank=True)
    published_on = models.DateField("登记公开日", null=True, blank=True)
    withdrawn_on = models.DateField("撤回日", null=True, blank=True)
    withdrawal_reason = models.CharField("撤回理由", max_length=500, blank=True)
    withdrawal_consent = models.CharField("共有人同意撤回文件", max_length=300, blank=True)
    cnipa_state = models.CharField(
        "国家知识产权局状态", max_length=12, choices=CnipaState, default=CnipaState.NOT_DECLARED
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = OpenLicenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "开放许可"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["patent"], condition=Q(state__in=OPEN), name="open_licence_one_open_per_patent"
            ),
            models.CheckConstraint(condition=Q(licence_to__gte=F("licence_from")), name="open_licence_term"),
            models.CheckConstraint(
                condition=(Q(payment_kind=PaymentKind.ROYALTY, fixed_amount__isnull=True))
                | (~Q(payment_kind=PaymentKind.ROYALTY) & Q(fixed_amount__isnull=False, fixed_amount__gt=0)),
                name="open_licence_fixed_amount",
            ),
            models.CheckConstraint(
                condition=(
                    Q(payment_kind__in=[PaymentKind.ROYALTY, PaymentKind.TWO_TIER])
                    & Q(royalty_rate__isnull=False, royalty_rate__gt=0, royalty_rate__lte=1)
                    & Q(royalty_base__in=RoyaltyBase.values, settlement__in=Settlement.values)
                )
                | Q(
                    payment_kind__in=[PaymentKind.ONE_OFF, PaymentKind.INSTALMENTS],
                    royalty_rate__isnull=True,
                    royalty_base="",
                ),
                name="open_licence_royalty",
            ),
            models.CheckConstraint(
                condition=Q(payment_kind=PaymentKind.INSTALMENTS, instalment_count__range=(2, 60))
                | (~Q(payment_kind=PaymentKind.INSTALMENTS) & Q(instalment_count__isnull=True)),
                name="open_licence_instalments",
            ),
            models.CheckConstraint(
                condition=~Q(state=OpenLicenceState.PUBLISHED) | Q(published_on__isnull=False),
                name="open_licence_published_on",
            ),
        ]
        indexes = [
            models.Index(fields=["holder", "-id"], name="open_licence_holder"),
            models.Index(fields=["state", "-id"], name="open_licence_state"),
        ]
        triggers = [
            *marks_changes("patent_id"),
            pgtrigger.Protect(
                name="terms_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.published_on IS NOT NULL AND ("
                    + " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in FIXED_ONCE_PUBLISHED)
                    + ")"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    def get_absolute_url(self) -> str:
        return reverse("patents:open_licence", args=[self.ref])

    @property
    def is_open(self) -> bool:
        """Whether it can be accepted as far as its own state goes."""
        return self.state == OpenLicenceState.PUBLISHED


class CnipaStep(models.Model):
    """One step at the national office: what, when, under which number. Rows are only ever added."""

    open_licence = models.ForeignKey(
        OpenLicence, on_delete=models.PROTECT, related_name="cnipa_steps", verbose_name="开放许可"
    )
    state = models.CharField("状态", max_length=12, choices=CnipaState)
    done_on = models.DateField("日期")
    number = models.CharField("编号", max_length=60)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "国家知识产权局办理记录"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["open_licence", "state"], name="cnipa_step_once")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.done_on} {self.number}"


class AcceptanceQuerySet(models.QuerySet["Acceptance"]):
    def visible_to(self, user: Any) -> "Self":
        """The two parties, the cities of both, and the province."""
        if not user.is_authenticated:
            return self.none()
        if user.role == Role.PROVINCE:
            return self
        if user.role == Role.CITY:
            here = user.city_code
            return self.filter(Q(firm__city_code=here) | Q(open_licence__holder__city_code=here))
        if user.role == Role.SME:
            return self.filter(firm_id=user.organisation_id)
        if user.role == Role.HOLDER:
            return self.filter(open_licence__holder_id=user.organisation_id)
        return self.none()


@tracked()
class Acceptance(models.Model):
    """An ordinary licence that came about by notice and payment (patent law art. 51); `terms` as accepted, frozen."""

    ref = models.CharField("编号", max_length=20, unique=True)
    open_licence = models.ForeignKey(
        OpenLicence, on_delete=models.PROTECT, related_name="acceptances", verbose_name="开放许可"
    )
    firm = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="accepted_licences", verbose_name="被许可企业"
    )
    deal = models.OneToOneField(
        Deal, on_delete=models.PROTECT, null=True, blank=True, related_name="acceptance", verbose_name="交易"
    )
    terms = models.JSONField("接受时的许可条件")
    notice_text = models.TextField("书面通知内容")
    notice_on = models.DateField("书面通知日")
    paid_amount = models.DecimalField("已付使用费（元）", max_digits=16, decimal_places=2, default=Decimal(0))
    paid_on = models.DateField("付款日", null=True, blank=True)
    payment_number = models.CharField("付款凭证号", max_length=60, blank=True)
    effective_on = models.DateField("许可生效日")
    licence_to = models.DateField("许可期限止")
    record_due_on = models.DateField("备案期限")
    state = models.CharField("状态", max_length=10, choices=AcceptanceState, default=AcceptanceState.EFFECTIVE)
    payment_confirmed_on = models.DateField("权利人确认收款日", null=True, blank=True)
    recorded_on = models.DateField("备案日", null=True, blank=True)
    record_number = models.CharField("备案编号", max_length=60, blank=True)
    reminder_count = models.PositiveSmallIntegerField("已催办次数", default=0)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = AcceptanceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "开放许可接受"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["open_licence", "firm"], name="acceptance_once_per_firm"),
            models.CheckConstraint(condition=Q(paid_amount__gte=0), name="acceptance_paid_not_negative"),
            models.CheckConstraint(
                condition=Q(paid_amount=0) | Q(paid_on__isnull=False), name="acceptance_payment_dated"
            ),
            models.CheckConstraint(
                condition=Q(state=AcceptanceState.EFFECTIVE, recorded_on__isnull=True, record_number="")
                | (Q(state=AcceptanceState.RECORDED, recorded_on__isnull=False) & ~Q(record_number="")),
                name="acceptance_recorded_with_number",
            ),
        ]
        indexes = [
            models.Index(fields=["firm", "-id"], name="acceptance_firm"),
            models.Index(
                fields=["record_due_on"], condition=Q(state=AcceptanceState.EFFECTIVE), name="acceptance_record_due"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="terms_frozen",
                fields=[
                    "open_licence", "firm", "terms", "notice_text", "notice_on", "paid_amount", "paid_on",
                    "effective_on", "licence_to", "record_due_on",
                ],
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.ref

    def get_absolute_url(self) -> str:
        return reverse("patents:acceptance", args=[self.ref])
