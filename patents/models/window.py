"""Cases of the registration window: transfer, licence and pledge of patents."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from patents.enums.legal import LicenceKind
from patents.enums.window import Agency, CaseKind, CaseState, Channel
from patents.models.pool import Patent
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked
from portal.policy.models import RuleVersion

if TYPE_CHECKING:
    from typing import Self


class WindowCaseQuerySet(models.QuerySet["WindowCase"]):
    def visible_to(self, user: Any) -> "Self":
        """Province all; a city what its agency handles or its own organisations filed; an applicant its own."""
        if not user.is_authenticated:
            return self.none()
        handed_in = self.exclude(state=CaseState.DRAFT)
        if user.role == Role.PROVINCE:
            return handed_in
        if user.role == Role.CITY:
            return handed_in.filter(Q(agency=user.city_code) | Q(organisation__city_code=user.city_code))
        if user.role in (Role.SME, Role.HOLDER):
            return self.filter(organisation_id=user.organisation_id)
        return self.none()


@tracked()
class WindowCase(models.Model):
    """One filing with an agency. `due_on` is empty when the calendar of its year is not loaded yet."""

    ref = models.CharField("受理编号", max_length=20, unique=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="window_cases", verbose_name="申请单位"
    )
    agency = models.CharField("办理机构", max_length=6, choices=Agency)
    kind = models.CharField("事项", max_length=10, choices=CaseKind)
    channel = models.CharField("办理方式", max_length=10, choices=Channel, default=Channel.ONLINE)
    counterpart_name = models.CharField("对方名称", max_length=200)
    counterpart_uscc = models.CharField("对方统一社会信用代码", max_length=18, blank=True)
    contract_on = models.DateField("合同签订日")
    licence_kind = models.CharField("许可种类", max_length=10, choices=LicenceKind, blank=True, db_default="")
    licence_until = models.DateField("许可期限截止日", null=True, blank=True)
    secured_amount = models.DecimalField(
        "被担保的主债权金额（元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    has_agent = models.BooleanField("委托代理机构或经办人", default=False)
    has_valuation = models.BooleanField("申请表注明有评估报告", default=False)
    is_co_owned = models.BooleanField("专利为共有", default=False)
    is_pledged = models.BooleanField("专利已质押", default=False)
    patents = models.ManyToManyField(Patent, through="WindowCasePatent", related_name="+", verbose_name="专利")
    state = models.CharField("状态", max_length=12, choices=CaseState, default=CaseState.DRAFT, db_index=True)
    rule = models.ForeignKey(
        RuleVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="适用规则"
    )
    green_ground = models.CharField("绿色通道条件", max_length=30, blank=True)
    allowed_days = models.PositiveSmallIntegerField("办理时限（工作日）", null=True, blank=True)
    submitted_at = models.DateTimeField("首次提交时间", null=True, blank=True)
    due_on = models.DateField("应办结日", null=True, blank=True)
    note = models.CharField("补正或不予办理的理由", max_length=500, blank=True)
    handed_over_on = models.DateField("转国家知识产权局日", null=True, blank=True)
    receipt_number = models.CharField("国家知识产权局受理号", max_length=40, blank=True)
    registration_number = models.CharField("登记（备案）号", max_length=40, blank=True)
    registered_on = models.DateField("登记生效日", null=True, blank=True)
    chased_on = models.DateField("最近催办日", null=True, blank=True)
    chase_count = models.PositiveSmallIntegerField("催办次数", default=0)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = WindowCaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "登记窗口事项"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=CaseState.REGISTERED)
                | (~Q(registration_number="") & Q(registered_on__isnull=False)),
                name="window_case_registered_has_number",
            ),
            models.UniqueConstraint(
                fields=["registration_number"],
                condition=~Q(registration_number=""),
                name="window_case_registration_number_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[CaseState.CORRECTION, CaseState.REFUSED]) | ~Q(note=""),
                name="window_case_refusal_has_reason",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="window_case_organisation")]

    def __str__(self) -> str:
        return f"{self.ref} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("patents:window_case", args=[self.ref])


class WindowCasePatent(models.Model):
    """A patent of a case. While a case is open the patent is in no other of the same kind, unless it is licensed."""

    case = models.ForeignKey(WindowCase, on_delete=models.CASCADE, related_name="items")
    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="+", verbose_name="专利")
    exclusive_kind = models.CharField("占用事项", max_length=10, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "登记事项专利"
        constraints = [
            models.UniqueConstraint(fields=["case", "patent"], name="window_case_patent_once"),
            models.UniqueConstraint(
                fields=["patent", "exclusive_kind"],
                condition=~Q(exclusive_kind=""),
                name="window_case_patent_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.patent_id}"


class WindowMove(models.Model):
    """One state that a case reached, on which day; the clock is counted from these rows. Only ever added."""

    case = models.ForeignKey(WindowCase, on_delete=models.PROTECT, related_name="moves", verbose_name="事项")
    state = models.CharField("状态", max_length=12, choices=CaseState)
    on = models.DateField("日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="经办人")
    note = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "办理过程"
        ordering = ("id",)
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"
