"""Who comes to an event, and what they said about it."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from events.enums import STANDING, Audience, CheckInWay, SignupState
from events.models.events import Event
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked

if TYPE_CHECKING:
    from typing import Self


class SignupQuota(models.Model):
    """At most so many places of an event for one group."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="quotas", verbose_name="活动")
    audience = models.CharField("对象", max_length=8, choices=Audience)
    places = models.PositiveIntegerField("名额")

    class Meta:
        verbose_name = verbose_name_plural = "报名配额"
        ordering = ("event", "audience")
        constraints = [models.UniqueConstraint(fields=["event", "audience"], name="signup_quota_once")]

    def __str__(self) -> str:
        return f"{self.event_id} {self.get_audience_display()} {self.places}"


class SignupQuerySet(models.QuerySet["Signup"]):
    def visible_to(self, user: Any) -> "Self":
        """Personal data: the officials who hold the event, the people of the organisation that sends the person."""
        if not user.is_authenticated:
            return self.none()
        if user.role in (Role.PROVINCE, Role.CITY):
            return self.filter(event__in=Event.objects.managed_by(user))
        if user.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=user.organisation_id)

    def standing(self) -> "Self":
        """Those that have a place or wait for one."""
        return self.filter(state__in=STANDING)

    def confirmed(self) -> "Self":
        """Those that have a place."""
        return self.filter(state=SignupState.CONFIRMED)


@tracked()
class Signup(models.Model):
    """One person for one event, sent by an organisation or on their own. `number` is the order in which they came."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="signups", verbose_name="活动")
    number = models.PositiveIntegerField("报名序号")
    state = models.CharField("状态", max_length=9, choices=SignupState)
    audience = models.CharField("对象", max_length=8, choices=Audience)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="signups", verbose_name="平台单位"
    )
    organisation_name = models.CharField("单位", max_length=200, blank=True)
    person_name = models.CharField("姓名", max_length=50)
    person_phone = models.CharField("手机", max_length=20)
    position = models.CharField("职务", max_length=100, blank=True)
    note = models.CharField("备注", max_length=300, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="经办人",
    )
    made_at = models.DateTimeField("报名时间", default=clock.now)
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    is_promoted = models.BooleanField("由候补转入", default=False)
    withdrawn_at = models.DateTimeField("取消时间", null=True, blank=True)
    reminded_at = models.DateTimeField("提醒时间", null=True, blank=True)
    is_walk_in = models.BooleanField("现场登记", default=False)
    # A new number makes every badge printed before useless.
    badge_version = models.PositiveIntegerField("证件版本", default=1)
    checked_in_at = models.DateTimeField("签到时间", null=True, blank=True)
    checked_in_via = models.CharField("签到方式", max_length=8, choices=CheckInWay, blank=True)
    door = models.CharField("签到处", max_length=40, blank=True)

    objects = SignupQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报名"
        ordering = ("event", "number")
        constraints = [
            models.UniqueConstraint(fields=["event", "number"], name="signup_number_once"),
            models.UniqueConstraint(
                fields=["event", "person_phone"], condition=Q(state__in=STANDING), name="signup_person_once"
            ),
            models.CheckConstraint(
                condition=Q(checked_in_at__isnull=True, checked_in_via="")
                | (Q(checked_in_at__isnull=False, state=SignupState.CONFIRMED) & ~Q(checked_in_via="")),
                name="signup_checked_in_with_place",
            ),
            models.CheckConstraint(
                condition=~Q(state=SignupState.CONFIRMED) | Q(confirmed_at__isnull=False),
                name="signup_confirmed_with_time",
            ),
        ]
        indexes = [
            models.Index(fields=["event", "state", "number"], name="signup_event_state"),
            models.Index(fields=["organisation", "-id"], name="signup_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.person_name}（{self.organisation_name or '个人'}）"


class Feedback(models.Model):
    """What one participant said afterwards; 5 is best."""

    _STARS = [MinValueValidator(1), MaxValueValidator(5)]

    signup = models.OneToOneField(Signup, on_delete=models.PROTECT, related_name="feedback", verbose_name="报名")
    content_rating = models.PositiveSmallIntegerField("内容评分", validators=_STARS)
    service_rating = models.PositiveSmallIntegerField("组织评分", validators=_STARS)
    met_partner = models.BooleanField("找到有意合作的对象")
    comment = models.CharField("意见建议", max_length=1000, blank=True)
    given_at = models.DateTimeField("提交时间", default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "活动反馈"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(content_rating__range=(1, 5), service_rating__range=(1, 5)), name="feedback_one_to_five"
            )
        ]

    def __str__(self) -> str:
        return f"{self.signup_id} {self.content_rating}"
