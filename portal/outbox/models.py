"""Event -> Delivery -> Attempt: what happened, to whom it must be told, and each try."""

import datetime as dt
from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q

from portal.accounts.models import Organisation

if TYPE_CHECKING:
    from typing import Self


class DeliveryState(models.TextChoices):
    PENDING = "pending", "待发送"
    SENDING = "sending", "发送中"
    DELIVERED = "delivered", "已送达"
    RETRYING = "retrying", "失败重试中"
    DEAD = "dead", "已停止重试"


UNFINISHED = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.RETRYING)


class Event(models.Model):
    """Something that happened, written in the transaction that made it happen."""

    ref = models.CharField("事件编号", max_length=40, unique=True)
    name = models.CharField("事件", max_length=80, db_index=True)
    key = models.CharField("顺序键", max_length=80, db_index=True)
    payload = models.JSONField("内容")
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "事件"
        ordering = ("-id",)
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.name} {self.ref}"


class Endpoint(models.Model):
    """Where an institution receives signed pushes. Signing keys are stored encrypted and shown once.

    After a rotation the previous key signs beside the new one for a while, so that the receiver can change over.
    """

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="endpoint", verbose_name="机构"
    )
    # No URLField: which schemes and hosts are allowed is decided by services.check_url alone.
    url = models.CharField("接收地址", max_length=300)
    secret_encrypted = models.TextField("签名密钥（加密）", editable=False)
    previous_secret_encrypted = models.TextField("上一密钥（加密）", editable=False, blank=True)
    previous_secret_until = models.DateTimeField("上一密钥有效至", null=True, blank=True, editable=False)
    uses_sm3 = models.BooleanField(
        "另附 SM3 签名", default=False, db_default=False, help_text="在 HMAC-SHA256 之外另附 HMAC-SM3 签名（v1sm3）"
    )
    is_active = models.BooleanField("启用", default=True)
    disabled_reason = models.CharField("停用原因", max_length=200, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "接收端点"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.organisation} {self.url}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def undelivered(self) -> "Self":
        return self.exclude(state=DeliveryState.DELIVERED)

    def due(self, now: dt.datetime) -> "Self":
        """What may be sent at `now`: its time has come, its receiver is on, and nothing of its key is before it.

        An earlier delivery of the same key to the same receiver holds back the later ones until it is delivered,
        also when it is dead: an official resends it. Rows of one key are numbered in the order of their events
        because whoever publishes for a key holds the lock of that key's row.
        """
        earlier = Delivery.objects.undelivered().filter(
            receiver=OuterRef("receiver"), key=OuterRef("key"), id__lt=OuterRef("id")
        )
        return self.filter(
            ~Exists(earlier),
            Q(endpoint__isnull=True) | Q(endpoint__is_active=True),
            state__in=UNFINISHED,
            next_try_at__lte=now,
        )


class Delivery(models.Model):
    """One event for one receiver: a consumer inside the portal, or an institution's endpoint.

    While it is being sent `next_try_at` is the end of the sender's claim: a sender that dies is followed by another.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries", verbose_name="事件")
    receiver = models.CharField("接收方", max_length=120)
    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries", verbose_name="接收端点"
    )
    key = models.CharField("顺序键", max_length=80)
    state = models.CharField("状态", max_length=10, choices=DeliveryState, default=DeliveryState.PENDING)
    attempt_count = models.PositiveIntegerField("已尝试次数", default=0)
    next_try_at = models.DateTimeField("下次发送时间")
    delivered_at = models.DateTimeField("送达时间", null=True, blank=True)
    last_error = models.CharField("最近错误", max_length=300, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "投递"
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["event", "receiver"], name="delivery_once_per_receiver")]
        indexes = [
            models.Index(fields=["next_try_at", "id"], condition=Q(state__in=UNFINISHED), name="delivery_due"),
            models.Index(
                fields=["receiver", "key", "id"],
                condition=~Q(state=DeliveryState.DELIVERED),
                name="delivery_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.receiver}"


class Attempt(models.Model):
    """One try of a delivery. The partner's body is never kept."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="attempts", verbose_name="投递")
    at = models.DateTimeField("时间", auto_now_add=True)
    status_code = models.PositiveSmallIntegerField("HTTP 状态", null=True, blank=True)
    error = models.CharField("错误", max_length=300, blank=True)
    duration_ms = models.PositiveIntegerField("用时（毫秒）")

    class Meta:
        verbose_name = verbose_name_plural = "发送记录"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.status_code or self.error}"
