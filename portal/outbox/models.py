"""Event -> Delivery -> Attempt: what happened, to whom it must be told, and each try."""

import pgtrigger
from django.db import models
from django.db.models import Q

from portal.accounts.models import Organisation


class DeliveryState(models.TextChoices):
    PENDING = "pending", "待发送"
    SENDING = "sending", "发送中"
    DELIVERED = "delivered", "已送达"
    RETRYING = "retrying", "失败重试中"
    DEAD = "dead", "已停止重试"


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
    """Where an institution receives signed pushes. The signing key is stored encrypted and shown once."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="endpoints", verbose_name="机构"
    )
    url = models.URLField("接收地址", max_length=300)
    secret_encrypted = models.TextField("签名密钥（加密）", editable=False)
    is_active = models.BooleanField("启用", default=True)
    disabled_reason = models.CharField("停用原因", max_length=200, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "接收端点"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(is_active=True), name="endpoint_one_active_per_organisation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.url}"


class Delivery(models.Model):
    """One event for one receiver: a consumer inside the portal, or an institution's endpoint."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries", verbose_name="事件")
    consumer = models.CharField("内部消费者", max_length=120, blank=True)
    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries", verbose_name="接收端点"
    )
    key = models.CharField("顺序键", max_length=80)
    state = models.CharField("状态", max_length=10, choices=DeliveryState, default=DeliveryState.PENDING)
    attempt_count = models.PositiveIntegerField("已尝试次数", default=0)
    next_try_at = models.DateTimeField("下次发送时间")
    claimed_until = models.DateTimeField("占用至", null=True, blank=True)
    delivered_at = models.DateTimeField("送达时间", null=True, blank=True)
    last_error = models.CharField("最近错误", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "投递"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(consumer="", endpoint__isnull=False) | (~Q(consumer="") & Q(endpoint__isnull=True)),
                name="delivery_one_receiver",
            ),
            models.UniqueConstraint(
                fields=["event", "consumer"], condition=~Q(consumer=""), name="delivery_once_per_consumer"
            ),
            models.UniqueConstraint(
                fields=["event", "endpoint"], condition=Q(endpoint__isnull=False), name="delivery_once_per_endpoint"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                condition=Q(state__in=["pending", "retrying", "sending"]),
                name="delivery_due",
            ),
            models.Index(fields=["endpoint", "key", "id"], name="delivery_order"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.consumer or self.endpoint_id}"


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
