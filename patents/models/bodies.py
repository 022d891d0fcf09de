"""Register of the bodies that operate patents, and what each did per period."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from patents.enums.bodies import ActivityState, BodyKind, BodyState
from portal import regions
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked

if TYPE_CHECKING:
    from typing import Self


class OperatingBodyQuerySet(models.QuerySet["OperatingBody"]):
    def visible_to(self, user: Any) -> "Self":
        """The register is public."""
        return self

    def reported_by(self, user: Any) -> "Self":
        """Those whose work `user` reports: a holder's or firm's own, a city's key city."""
        if not user.is_authenticated or user.organisation_id is None:
            return self.none()
        if user.role == Role.CITY:
            return self.filter(kind=BodyKind.KEY_CITY, city_code=user.city_code)
        if user.role in (Role.HOLDER, Role.SME):
            return self.filter(organisation_id=user.organisation_id)
        return self.none()


@tracked()
class OperatingBody(models.Model):
    """A platform, centre, branch, institution or key city."""

    ref = models.CharField("编号", max_length=20, unique=True)
    kind = models.CharField("类别", max_length=12, choices=BodyKind, db_index=True)
    name = models.CharField("名称", max_length=200)
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="operating_bodies",
        verbose_name="依托单位",
    )
    city_code = models.CharField("所在市", max_length=6, choices=regions.CITY_CHOICES)
    industry = models.CharField("产业领域", max_length=100, blank=True)
    founded_on = models.DateField("设立日")
    document_number = models.CharField("批准文号", max_length=100, blank=True)
    functions = models.TextField("主要职能")
    website = models.CharField("网址", max_length=200, blank=True)
    state = models.CharField("状态", max_length=10, choices=BodyState, default=BodyState.LISTED)
    closed_on = models.DateField("撤销日", null=True, blank=True)
    close_reason = models.CharField("撤销理由", max_length=500, blank=True)

    objects = OperatingBodyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "知识产权运营机构"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(state=BodyState.LISTED, closed_on__isnull=True)
                | (Q(state=BodyState.CLOSED, closed_on__isnull=False) & ~Q(close_reason="")),
                name="operating_body_closed_with_reason",
            ),
            models.UniqueConstraint(fields=["name"], name="operating_body_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("patents:body", args=[self.ref])


class BodyActivityQuerySet(models.QuerySet["BodyActivity"]):
    def visible_to(self, user: Any) -> "Self":
        """Province and finance all, others those of the bodies that they report for; confirmed ones are public."""
        if not user.is_authenticated:
            return self.none()
        if user.role in (Role.PROVINCE, Role.FINANCE):
            return self
        return self.filter(body__in=OperatingBody.objects.reported_by(user))


@tracked()
class BodyActivity(models.Model):
    """What a body did in one quarter."""

    body = models.ForeignKey(OperatingBody, on_delete=models.PROTECT, related_name="activities", verbose_name="机构")
    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度")
    firm_count = models.PositiveIntegerField("服务中小企业（家）")
    match_count = models.PositiveIntegerField("促成对接（次）")
    deal_count = models.PositiveIntegerField("促成转让许可（件）")
    deal_amount = models.DecimalField("促成交易金额（元）", max_digits=16, decimal_places=2)
    event_count = models.PositiveIntegerField("组织活动（场）")
    trained_count = models.PositiveIntegerField("培训（人次）")
    summary = models.TextField("主要工作")
    state = models.CharField("状态", max_length=10, choices=ActivityState, default=ActivityState.SUBMITTED)
    note = models.CharField("核实意见", max_length=500, blank=True)
    submitted_at = models.DateTimeField("提交时间")
    confirmed_at = models.DateTimeField("核实时间", null=True, blank=True)

    objects = BodyActivityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "运营机构季度工作"
        ordering = ("-year", "-quarter", "-id")
        constraints = [
            models.UniqueConstraint(fields=["body", "year", "quarter"], name="body_activity_once_a_quarter"),
            models.CheckConstraint(condition=Q(quarter__range=(1, 4)), name="body_activity_quarter"),
            models.CheckConstraint(condition=Q(deal_amount__gte=0), name="body_activity_amount_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.period}"

    @property
    def period(self) -> str:
        """The quarter as people write it."""
        return f"{self.year} 年第 {self.quarter} 季度"
