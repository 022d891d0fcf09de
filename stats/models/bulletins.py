"""Bulletins to the cities: numbers frozen with a checksum, and who has received them."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked
from stats.enums.figures import BulletinState, ReceiptState

if TYPE_CHECKING:
    from typing import Self


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    def visible_to(self, user: Any) -> "Self":
        """The province all; a city what was sent to it; nobody else."""
        if not user.is_authenticated:
            return self.none()
        if user.role == Role.PROVINCE:
            return self
        if user.role == Role.CITY:
            return self.filter(receipts__organisation_id=user.organisation_id)
        return self.none()


@tracked()
class Bulletin(models.Model):
    """One bulletin, or one dated revision of it. The numbers and their checksum are frozen by the database."""

    ref = models.CharField("编号", max_length=24, unique=True)
    title = models.CharField("标题", max_length=200)
    year = models.PositiveSmallIntegerField("年份")
    quarter = models.PositiveSmallIntegerField("季度")
    opening = models.TextField("正文开头", blank=True)
    demands = models.TextField("工作要求", blank=True)
    numbers = models.JSONField("数据")
    checksum = models.CharField("校验码（SHA-256）", max_length=64)
    frozen_at = models.DateTimeField("定稿时间")
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="定稿人"
    )
    revises = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="revision", verbose_name="更正的通报"
    )
    revision_reason = models.CharField("更正原因", max_length=500, blank=True)
    changes = models.JSONField("更正前后", default=list)
    state = models.CharField("状态", max_length=10, choices=BulletinState, default=BulletinState.FROZEN, db_index=True)
    sent_at = models.DateTimeField("通报时间", null=True)

    objects = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通报"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(revises__isnull=True, revision_reason="")
                | (Q(revises__isnull=False) & ~Q(revision_reason="")),
                name="bulletin_revised_with_reason",
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="frozen",
                fields=[
                    "ref", "title", "year", "quarter", "opening", "demands", "numbers", "checksum", "frozen_at",
                    "frozen_by", "revises", "revision_reason", "changes",
                ],
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("stats:bulletin", args=[self.ref])


class ReceiptQuerySet(models.QuerySet["BulletinReceipt"]):
    def visible_to(self, user: Any) -> "Self":
        """The province all, a city its own."""
        if not user.is_authenticated:
            return self.none()
        if user.role == Role.PROVINCE:
            return self
        return self.filter(organisation_id=user.organisation_id) if user.role == Role.CITY else self.none()


@tracked()
class BulletinReceipt(models.Model):
    """One city's copy."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.PROTECT, related_name="receipts", verbose_name="通报")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="市级单位")
    state = models.CharField("状态", max_length=10, choices=ReceiptState, default=ReceiptState.WAITING)
    sent_at = models.DateTimeField("送达时间")
    received_at = models.DateTimeField("签收时间", null=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="签收人"
    )

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通报签收"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["bulletin", "organisation"], name="bulletin_receipt_once"),
            models.CheckConstraint(
                condition=Q(state=ReceiptState.WAITING, received_at__isnull=True)
                | Q(state=ReceiptState.RECEIVED, received_at__isnull=False, received_by__isnull=False),
                name="bulletin_receipt_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bulletin.ref} {self.organisation}"
