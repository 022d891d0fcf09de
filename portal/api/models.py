"""Remembered answers to idempotent requests, and certificates that clients are bound to."""

from django.conf import settings
from django.db import models

from portal.accounts.models import Organisation


class ClientBinding(models.Model):
    """The subject of the TLS certificate that an institution's programs must show, as the proxy writes it."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="client_binding", verbose_name="机构"
    )
    subject = models.CharField(
        "证书主题", max_length=500, help_text="代理写入的主题全文（RFC 2253），例如 CN=api.bank.example,O=某银行,C=CN"
    )
    is_active = models.BooleanField("启用", default=True, help_text="停用后只凭访问令牌即可调用")
    bound_at = models.DateTimeField("绑定时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "客户端证书绑定"
        ordering = ("-id",)
        constraints = [models.CheckConstraint(condition=~models.Q(subject=""), name="client_binding_subject")]

    def __str__(self) -> str:
        return f"{self.organisation} {self.subject}"


class IdempotentRequest(models.Model):
    """The first answer to an Idempotency-Key of one client, replayed to each repetition."""

    client = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    status_code = models.PositiveSmallIntegerField()
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "幂等请求"
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="idempotent_request_once")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.key}"
