"""Remembered answers to idempotent requests."""

from django.conf import settings
from django.db import models


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
