"""The table plan of an event: its meetings, and what it is made from."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from events.enums.plans import PlanState, WishKind
from events.models.agenda import AgendaSlot, MeetingTable, Period
from events.models.events import Event
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked

if TYPE_CHECKING:
    from typing import Self


class TablePlanQuerySet(models.QuerySet["TablePlan"]):
    def visible_to(self, user: Any) -> "Self":
        """The officials who hold the event; who takes part sees its own meetings, not the plan."""
        return self.filter(event__in=Event.objects.managed_by(user))


@tracked()
class TablePlan(models.Model):
    """Who meets whom when at one event, as far as it has come."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="plan", verbose_name="活动")
    state = models.CharField("状态", max_length=12, choices=PlanState)
    # Counts the calculations asked for: one that was overtaken writes nothing.
    number = models.PositiveIntegerField("计算序号", default=1)
    requested_at = models.DateTimeField("提交计算时间", default=clock.now)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="经办人"
    )
    computed_at = models.DateTimeField("算出时间", null=True, blank=True)
    published_at = models.DateTimeField("公布时间", null=True, blank=True)
    total_points = models.PositiveIntegerField("总分", default=0)
    bound_points = models.PositiveIntegerField("理论上限", default=0)
    failure = models.CharField("未能排出的原因", max_length=500, blank=True)
    unmet = models.JSONField("未能安排的必见", default=list)
    weights = models.JSONField("计分参数", default=dict)

    objects = TablePlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "洽谈排桌"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(total_points__lte=F("bound_points")), name="table_plan_total_within_bound"
            ),
            models.CheckConstraint(
                condition=~Q(state=PlanState.FAILED) | ~Q(failure=""), name="table_plan_failed_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event}洽谈排桌"


@tracked()
class PlanParty(models.Model):
    """When an organisation cannot come to the tables of an event, and how often it wants to meet at most."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="parties", verbose_name="活动")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="单位")
    most_meetings = models.PositiveSmallIntegerField("最多洽谈场数", null=True, blank=True, help_text="留空为不限")
    absent_slots = models.ManyToManyField(AgendaSlot, blank=True, related_name="+", verbose_name="不能参加的时段")

    class Meta:
        verbose_name = verbose_name_plural = "洽谈参加方"
        ordering = ("event", "id")
        constraints = [models.UniqueConstraint(fields=["event", "organisation"], name="plan_party_once")]

    def __str__(self) -> str:
        return str(self.organisation)


@tracked()
class PlanWish(models.Model):
    """What one organisation wants of another at an event. The other side never sees it."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="wishes", verbose_name="活动")
    by = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="提出方")
    about = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="对方")
    wish = models.CharField("意愿", max_length=4, choices=WishKind)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="填写人"
    )
    made_at = models.DateTimeField("填写时间", default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "洽谈意愿"
        ordering = ("event", "id")
        constraints = [
            models.UniqueConstraint(fields=["event", "by", "about"], name="plan_wish_once"),
            models.CheckConstraint(condition=~Q(by=F("about")), name="plan_wish_about_another"),
        ]

    def __str__(self) -> str:
        return f"{self.by} → {self.about}：{self.get_wish_display()}"


@tracked()
class PlanConflict(models.Model):
    """Two parties that must not meet at an event, as an official found."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="conflicts", verbose_name="活动")
    guest = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="企业")
    host = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="对方")
    reason = models.CharField("原因", max_length=200)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    made_at = models.DateTimeField("登记时间", default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "利益冲突"
        ordering = ("event", "id")
        constraints = [
            models.UniqueConstraint(fields=["event", "guest", "host"], name="plan_conflict_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="plan_conflict_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.guest} × {self.host}"


class PlanMeetingQuerySet(models.QuerySet["PlanMeeting"]):
    def visible_to(self, user: Any) -> "Self":
        """The officials who hold the event all; an organisation its own of plans that are published."""
        if not user.is_authenticated:
            return self.none()
        if user.role in (Role.PROVINCE, Role.CITY):
            return self.filter(plan__event__in=Event.objects.managed_by(user))
        if user.organisation_id is None:
            return self.none()
        own = Q(guest_id=user.organisation_id) | Q(host_id=user.organisation_id)
        return self.filter(own, plan__state=PlanState.PUBLISHED, is_standing=True)


@tracked()
class PlanMeeting(models.Model):
    """A firm and a patent owner or lender at one table in one slot, and why."""

    plan = models.ForeignKey(TablePlan, on_delete=models.CASCADE, related_name="meetings", verbose_name="洽谈排桌")
    slot = models.ForeignKey(AgendaSlot, on_delete=models.PROTECT, related_name="meetings", verbose_name="时段")
    table = models.ForeignKey(MeetingTable, on_delete=models.PROTECT, related_name="meetings", verbose_name="洽谈桌")
    guest = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="企业")
    host = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="对方")
    # The slot's, kept here so that the database can refuse a firm in two places.
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")
    # False once the event is cancelled: the firm is free again.
    is_standing = models.BooleanField("有效", default=True, db_default=True)
    points = models.PositiveIntegerField("得分")
    reasons = models.JSONField("理由", default=list)
    is_pinned = models.BooleanField("已固定", default=False)

    objects = PlanMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "一对一洽谈"
        ordering = ("slot", "table")
        constraints = [
            models.UniqueConstraint(fields=["slot", "table"], name="plan_meeting_table_once"),
            models.UniqueConstraint(fields=["slot", "host"], name="plan_meeting_host_once"),
            models.UniqueConstraint(fields=["plan", "guest", "host"], name="plan_meeting_pair_once"),
            ExclusionConstraint(
                name="plan_meeting_firm_in_one_place",
                expressions=[
                    ("guest", RangeOperators.EQUAL),
                    (Period("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(is_standing=True),
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="plan_meeting_ends_after_start"),
            models.CheckConstraint(condition=~Q(guest=F("host")), name="plan_meeting_of_two"),
        ]
        indexes = [
            models.Index(fields=["guest", "-starts_at"], name="plan_meeting_guest"),
            models.Index(fields=["host", "-starts_at"], name="plan_meeting_host"),
        ]

    def __str__(self) -> str:
        return f"{self.guest} × {self.host}"
