"""Meetings that bring holders, firms and banks together, their series, and how they were moved."""

import datetime as dt
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from events.enums import EventKind, EventState, PlaceKind
from events.policy.codes import code_of
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked

if TYPE_CHECKING:
    from typing import Self


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user: Any) -> "Self":
        """Everybody sees published events, the province all, a city also its own drafts."""
        if user.is_authenticated and user.role == Role.PROVINCE:
            return self
        if user.is_authenticated and user.role == Role.CITY:
            shown = Q(state__in=[EventState.PUBLISHED, EventState.CANCELLED])
            return self.filter(shown | Q(city_code=user.city_code))
        return self.published()

    def published(self) -> "Self":
        """What everybody may see: also what was called off."""
        return self.filter(state__in=[EventState.PUBLISHED, EventState.CANCELLED])

    def managed_by(self, user: Any) -> "Self":
        """What an official answers for: the province all, a city what it organises."""
        if user.is_authenticated and user.role == Role.PROVINCE:
            return self
        if user.is_authenticated and user.role == Role.CITY:
            return self.filter(organiser_id=user.organisation_id)
        return self.none()


class EventSeries(models.Model):
    """Events that belong together: one topic, held again and again."""

    name = models.CharField("系列名称", max_length=100, unique=True)
    summary = models.CharField("说明", max_length=500, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "活动系列"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name


@tracked()
class Event(models.Model):
    """A roadshow, matching meeting, bank meeting, training or a meeting in an agricultural county."""

    kind = models.CharField("类型", max_length=14, choices=EventKind)
    title = models.CharField("名称", max_length=200)
    summary = models.TextField("内容简介", blank=True)
    organiser = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="events", verbose_name="主办单位"
    )
    city_code = models.CharField("举办地代码", max_length=6, db_index=True)
    series = models.ForeignKey(
        EventSeries, on_delete=models.PROTECT, null=True, blank=True, related_name="events", verbose_name="所属系列"
    )
    place = models.CharField("地点", max_length=200)
    place_kind = models.CharField(
        "场所类型", max_length=8, choices=PlaceKind, default=PlaceKind.VENUE, db_default=PlaceKind.VENUE
    )
    online_url = models.CharField("线上会议地址", max_length=300, blank=True, db_default="")
    budget_amount = models.DecimalField("预算（元）", max_digits=14, decimal_places=2, null=True, blank=True)
    starts_at = models.DateTimeField("开始时间", db_index=True)
    ends_at = models.DateTimeField("结束时间")
    state = models.CharField("状态", max_length=10, choices=EventState, default=EventState.DRAFT)
    cancel_reason = models.CharField("取消原因", max_length=500, blank=True, db_default="")
    takes_signups = models.BooleanField("接受在线报名", default=True, db_default=True)
    takes_persons = models.BooleanField("个人可报名", default=True, db_default=True)
    takes_walk_ins = models.BooleanField("接受现场登记", default=True, db_default=True)
    capacity = models.PositiveIntegerField("名额", null=True, blank=True, help_text="留空为不限")
    per_organisation = models.PositiveSmallIntegerField("每单位最多人数", null=True, blank=True, help_text="留空为不限")
    signup_opens_at = models.DateTimeField("报名开始", null=True, blank=True, help_text="留空为发布后即可报名")
    signup_closes_at = models.DateTimeField("报名截止", null=True, blank=True, help_text="留空为活动开始时截止")
    # A new number makes every door link handed out before useless.
    door_version = models.PositiveIntegerField("签到链接版本", default=1, db_default=1)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1, db_default=1)
    updated_at = models.DateTimeField("更新时间", default=clock.now, db_default=Now())

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "对接活动"
        ordering = ("-starts_at", "-id")
        indexes = [models.Index(fields=["ends_at"], name="event_ends_at")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="event_ends_after_start"),
            models.CheckConstraint(
                condition=Q(signup_closes_at__isnull=True) | Q(signup_closes_at__lte=F("ends_at")),
                name="event_signup_closes_before_end",
            ),
            models.CheckConstraint(
                condition=Q(budget_amount__isnull=True) | Q(budget_amount__gte=0), name="event_budget_not_negative"
            ),
            models.CheckConstraint(
                condition=~Q(state=EventState.CANCELLED) | ~Q(cancel_reason=""), name="event_cancelled_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("events:detail", args=[self.pk])

    @property
    def code(self) -> str:
        """What participants enter to say that something began here."""
        return code_of(self.pk)

    @property
    def signup_until(self) -> dt.datetime:
        """When signing up ends: as stated, or when the event begins."""
        return self.signup_closes_at or self.starts_at

    @property
    def is_signup_open(self) -> bool:
        """Whether somebody can sign up now; they may have to wait for a place."""
        now = clock.now()
        has_opened = self.signup_opens_at is None or self.signup_opens_at <= now
        is_held = self.state == EventState.PUBLISHED and self.takes_signups
        return is_held and has_opened and now < self.signup_until

    @property
    def is_over(self) -> bool:
        return self.ends_at <= clock.now()

    @property
    def has_begun(self) -> bool:
        return self.starts_at <= clock.now()


class EventMove(models.Model):
    """A published event that was put to another time or place; only ever added."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="moves", verbose_name="活动")
    from_starts_at = models.DateTimeField("原开始时间")
    from_ends_at = models.DateTimeField("原结束时间")
    from_place = models.CharField("原地点", max_length=200)
    to_starts_at = models.DateTimeField("新开始时间")
    to_ends_at = models.DateTimeField("新结束时间")
    to_place = models.CharField("新地点", max_length=200)
    reason = models.CharField("变更原因", max_length=500)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="经办人"
    )
    at = models.DateTimeField("变更时间", default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "活动变更"
        ordering = ("-id",)
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.event_id} {self.at:%Y-%m-%d}"
