"""What came of an event, and the organiser's report."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from events.enums import OutcomeBasis, OutcomeKind, OutcomeSource, ReportState
from events.models.events import Event
from finance.models import Project
from patents.models import Deal
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked

if TYPE_CHECKING:
    from typing import Self


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    def visible_to(self, user: Any) -> "Self":
        """The officials who hold the event; an organisation what it linked itself."""
        if not user.is_authenticated:
            return self.none()
        if user.role in (Role.PROVINCE, Role.CITY):
            return self.filter(event__in=Event.objects.managed_by(user))
        if user.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=user.organisation_id)

    def standing(self) -> "Self":
        """Those that were not taken back."""
        return self.filter(voided_at__isnull=True)


@tracked()
class Outcome(models.Model):
    """One thing that came of an event.

    A deal or project of the portal counts for one event only, and is followed as it goes on; a statement is what an
    official entered with evidence.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="outcomes", verbose_name="活动")
    basis = models.CharField("依据", max_length=9, choices=OutcomeBasis)
    source = models.CharField("关联方式", max_length=4, choices=OutcomeSource)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    deal = models.ForeignKey(
        Deal, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="交易"
    )
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="融资项目"
    )
    kind = models.CharField("成果", max_length=8, choices=OutcomeKind, blank=True)
    amount = models.DecimalField("金额（元）", max_digits=16, decimal_places=2, null=True, blank=True)
    happened_on = models.DateField("发生日期", null=True, blank=True)
    description = models.CharField("说明", max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="登记人",
    )
    recorded_at = models.DateTimeField("登记时间", default=clock.now)
    voided_at = models.DateTimeField("撤销时间", null=True, blank=True)
    void_reason = models.CharField("撤销原因", max_length=500, blank=True)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "活动成果"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(basis=OutcomeBasis.DEAL, deal__isnull=False, project__isnull=True, kind="")
                | Q(basis=OutcomeBasis.PROJECT, deal__isnull=True, project__isnull=False, kind="")
                | (
                    Q(
                        basis=OutcomeBasis.STATEMENT,
                        deal__isnull=True,
                        project__isnull=True,
                        happened_on__isnull=False,
                    )
                    & ~Q(kind="")
                ),
                name="outcome_has_its_basis",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0, basis=OutcomeBasis.STATEMENT),
                name="outcome_amount_of_statements",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, void_reason="") | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="outcome_voided_with_reason",
            ),
            models.UniqueConstraint(
                fields=["deal"], condition=Q(voided_at__isnull=True), name="outcome_deal_of_one_event"
            ),
            models.UniqueConstraint(
                fields=["project"], condition=Q(voided_at__isnull=True), name="outcome_project_of_one_event"
            ),
        ]
        indexes = [models.Index(fields=["event", "-id"], name="outcome_event")]

    def __str__(self) -> str:
        return str(self.deal or self.project or f"{self.get_kind_display()} {self.description}")


class EventReportQuerySet(models.QuerySet["EventReport"]):
    def visible_to(self, user: Any) -> "Self":
        """The officials who hold the event."""
        return self.filter(event__in=Event.objects.managed_by(user))


@tracked()
class EventReport(models.Model):
    """The organiser's report of an event that took place; opened by the portal when it is overdue."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="report", verbose_name="活动")
    state = models.CharField("状态", max_length=7, choices=ReportState)
    due_at = models.DateTimeField("应报时间")
    chased_at = models.DateTimeField("催报时间", null=True, blank=True)
    chase_count = models.PositiveSmallIntegerField("催报次数", default=0)
    text = models.TextField("总结", blank=True)
    spent_amount = models.DecimalField("实际支出（元）", max_digits=14, decimal_places=2, null=True, blank=True)
    attendee_count = models.PositiveIntegerField("到会人数", null=True, blank=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="上报人",
    )
    filed_at = models.DateTimeField("上报时间", null=True, blank=True)

    objects = EventReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "活动总结"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ReportState.OVERDUE, filed_at__isnull=True)
                | (
                    Q(state=ReportState.FILED, filed_at__isnull=False, spent_amount__isnull=False, spent_amount__gte=0)
                    & ~Q(text="")
                ),
                name="event_report_filed_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.event}总结"
