"""Meetings that bring holders, firms and banks together."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from events.enums import EventKind, EventState
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked

if TYPE_CHECKING:
    from typing import Self


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user: Any) -> "Self":
        """Everybody sees published events, the province all, a city also its own drafts."""
        published = Q(state__in=[EventState.PUBLISHED, EventState.CANCELLED])
        if user.is_authenticated and user.role == Role.PROVINCE:
            return self
        if user.is_authenticated and user.role == Role.CITY:
            return self.filter(published | Q(city_code=user.city_code))
        return self.filter(published)

    def managed_by(self, user: Any) -> "Self":
        """What an official answers for: the province all, a city what it organises."""
        if user.is_authenticated and user.role == Role.PROVINCE:
            return self
        if user.is_authenticated and user.role == Role.CITY:
            return self.filter(organiser_id=user.organisation_id)
        return self.none()


@tracked()
class Event(models.Model):
    """A roadshow, matching meeting, bank meeting or training."""

    kind = models.CharField("类型", max_length=14, choices=EventKind)
    title = models.CharField("名称", max_length=200)
    summary = models.TextField("内容简介", blank=True)
    organiser = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="events", verbose_name="主办单位"
    )
    city_code = models.CharField("举办地代码", max_length=6, db_index=True)
    place = models.CharField("地点", max_length=200)
    starts_at = models.DateTimeField("开始时间", db_index=True)
    ends_at = models.DateTimeField("结束时间")
    state = models.CharField("状态", max_length=10, choices=EventState, default=EventState.DRAFT)
    cancel_reason = models.CharField("取消原因", max_length=500, blank=True, db_default="")
    version = models.PositiveIntegerField("版本", default=1, db_default=1)
    updated_at = models.DateTimeField("更新时间", default=clock.now, db_default=Now())

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "对接活动"
        ordering = ("-starts_at", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="event_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(state=EventState.CANCELLED) | ~Q(cancel_reason=""), name="event_cancelled_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("events:detail", args=[self.pk])

    @property
    def is_over(self) -> bool:
        return self.ends_at <= clock.now()
