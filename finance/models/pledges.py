"""The pledge of a project's patents as the office registered it."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from finance.enums import PledgeState
from finance.models.columns import YUAN
from finance.models.projects import Project
from patents.enums import EventCode
from patents.models import LegalEvent, Patent
from portal.accounts.models import Organisation
from portal.history import tracked

if TYPE_CHECKING:
    from typing import Self

PLEDGE_CODES = [(code.value, f"{code.value} {code.label}") for code in (EventCode.PE01, EventCode.PM01, EventCode.PC01)]


class PledgeQuerySet(models.QuerySet["PledgeRegistration"]):
    def visible_to(self, user: Any) -> "Self":
        """Whoever sees the project."""
        return self.filter(project__in=Project.objects.visible_to(user))


@tracked()
class PledgeRegistration(models.Model):
    """One registration: pledgor is the project's firm, pledgee the lender. Its number is the office's."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="pledges", verbose_name="融资项目")
    pledgee = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="质权人"
    )
    pledgee_name = models.CharField("质权人名称", max_length=200)
    secured_amount = models.DecimalField("被担保的主债权金额（元）", null=True, blank=True, **YUAN)
    has_agent = models.BooleanField("委托代理", default=False)
    has_valuation = models.BooleanField("申请表注明有评估报告", default=False)
    state = models.CharField("状态", max_length=10, choices=PledgeState, default=PledgeState.SUBMITTED)
    number = models.CharField("质押登记号", max_length=60, blank=True)
    submitted_on = models.DateField("提交日", null=True, blank=True)
    registered_on = models.DateField("登记生效日", null=True, blank=True)
    ended_on = models.DateField("注销或者撤销日", null=True, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = PledgeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "质押登记"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], condition=~Q(number=""), name="pledge_number_once"),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(state__in=[PledgeState.SUBMITTED, PledgeState.CORRECTION]),
                name="pledge_one_under_way",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[PledgeState.SUBMITTED, PledgeState.CORRECTION, PledgeState.REVOKED])
                | (~Q(number="") & Q(registered_on__isnull=False)),
                name="pledge_registered_has_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project.ref} {self.number or self.get_state_display()}"


class PledgeStep(models.Model):
    """What the office announced of a registration for one patent: PE01, PM01 or PC01. Only ever added.

    A step whose legal event was voided counts no more; the row stays.
    """

    pledge = models.ForeignKey(
        PledgeRegistration, on_delete=models.PROTECT, related_name="steps", verbose_name="质押登记"
    )
    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="+", verbose_name="专利")
    code = models.CharField("事项", max_length=4, choices=PLEDGE_CODES)
    on = models.DateField("生效日")
    legal_event = models.OneToOneField(
        LegalEvent, on_delete=models.PROTECT, related_name="pledge_step", verbose_name="法律事件"
    )
    at = models.DateTimeField("记录时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "质押登记事项"
        ordering = ("on", "id")
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.pledge_id} {self.code} {self.on}"


class PledgeMove(models.Model):
    """A state that a registration reached, who saw to it and why. Only ever added."""

    pledge = models.ForeignKey(
        PledgeRegistration, on_delete=models.PROTECT, related_name="moves", verbose_name="质押登记"
    )
    state = models.CharField("状态", max_length=10, choices=PledgeState)
    note = models.CharField("说明", max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="经办人",
    )
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "质押登记过程"
        ordering = ("id",)
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.pledge_id} {self.state}"
