"""Register of the reform of rights: who gave employees ownership, long-term use or a share of income."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from patents.enums.reform import MIN_USE_YEARS, ReformKind, ReformState
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked

if TYPE_CHECKING:
    from typing import Self


class RightsReformQuerySet(models.QuerySet["RightsReform"]):
    def visible_to(self, user: Any) -> "Self":
        """Province and finance what was handed in, a city its own, an institution its own."""
        if not user.is_authenticated:
            return self.none()
        handed_in = self.exclude(state=ReformState.DRAFT)
        if user.role in (Role.PROVINCE, Role.FINANCE):
            return handed_in
        if user.role == Role.CITY:
            return handed_in.filter(organisation__city_code=user.city_code)
        if user.role == Role.HOLDER:
            return self.filter(organisation_id=user.organisation_id)
        return self.none()

    def public(self) -> "Self":
        """What the register shows to everybody: confirmed, running or ended."""
        return self.filter(state__in=[ReformState.CONFIRMED, ReformState.ENDED])


@tracked()
class RightsReform(models.Model):
    """One institution's rule or agreement of one kind."""

    ref = models.CharField("编号", max_length=20, unique=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="rights_reforms", verbose_name="单位"
    )
    kind = models.CharField("方式", max_length=15, choices=ReformKind, db_index=True)
    title = models.CharField("改革方案或办法名称", max_length=200)
    document_number = models.CharField("文号", max_length=100, blank=True)
    adopted_on = models.DateField("施行日")
    use_years = models.PositiveSmallIntegerField("使用权年限（年）", null=True, blank=True)
    has_agreement = models.BooleanField("与成果完成人签订书面协议", default=False)
    agreement_count = models.PositiveIntegerField("已签协议（份）", default=0)
    patent_count = models.PositiveIntegerField("涉及专利（件）", default=0)
    person_count = models.PositiveIntegerField("受益科研人员（人）", default=0)
    summary = models.TextField("主要做法")
    state = models.CharField("状态", max_length=10, choices=ReformState, default=ReformState.DRAFT, db_index=True)
    note = models.CharField("核实意见", max_length=500, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    confirmed_at = models.DateTimeField("核实时间", null=True, blank=True)
    ended_on = models.DateField("终止日", null=True, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = RightsReformQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "知识产权权益分配改革"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=ReformKind.LONG_TERM_USE) | Q(use_years__gte=MIN_USE_YEARS),
                name="rights_reform_long_term",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReformState.CONFIRMED)
                | ~Q(kind__in=["ownership", "long_term_use"])
                | Q(has_agreement=True),
                name="rights_reform_agreed_in_writing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("patents:reform", args=[self.ref])
