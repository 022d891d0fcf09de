"""Money lent on projects."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q

from finance.models.columns import YUAN
from finance.models.projects import Placement, Project
from portal.accounts.enums import Role
from portal.history import tracked

if TYPE_CHECKING:
    from typing import Self


class LoanQuerySet(models.QuerySet["Loan"]):
    def visible_to(self, user: Any) -> "Self":
        """Whoever sees the project sees its loan; an institution only its own loans."""
        if user.is_authenticated and user.role == Role.BANK:
            return self.filter(placement__institution_id=user.organisation_id)
        return self.filter(placement__project__in=Project.objects.visible_to(user))


@tracked()
class Loan(models.Model):
    """Money lent on a placement."""

    placement = models.OneToOneField(Placement, on_delete=models.PROTECT, related_name="loan", verbose_name="推送")
    bank_ref = models.CharField("银行合同号", max_length=60)
    contract_date = models.DateField("合同签订日")
    drawn_on = models.DateField("放款日", db_index=True)
    due_on = models.DateField("到期日")
    pledge_registered_on = models.DateField("质权登记日")
    principal = models.DecimalField("本金（元）", **YUAN)
    annual_rate = models.DecimalField("年利率", max_digits=7, decimal_places=6)
    pledge_share = models.DecimalField("专利质押占比", max_digits=7, decimal_places=6, default=1)
    is_first_pledge = models.BooleanField("专利首次质押", default=True)
    repaid_on = models.DateField("结清日", null=True, blank=True)
    interest_paid = models.DecimalField("已付利息（元）", null=True, blank=True, **YUAN)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = LoanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "贷款"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(principal__gt=0), name="loan_principal_positive"),
            models.CheckConstraint(condition=Q(due_on__gt=F("drawn_on")), name="loan_due_after_drawdown"),
            models.CheckConstraint(
                condition=Q(pledge_share__gt=0, pledge_share__lte=1), name="loan_pledge_share_fraction"
            ),
            models.CheckConstraint(condition=Q(annual_rate__gte=0, annual_rate__lt=1), name="loan_rate_fraction"),
            models.CheckConstraint(
                condition=Q(repaid_on__isnull=True, interest_paid__isnull=True)
                | Q(repaid_on__gte=F("drawn_on"), interest_paid__isnull=False, interest_paid__gte=0),
                name="loan_repaid_after_drawdown",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_ref}"
