"""Pre-filing evaluation: which institutions owe it, which adopted it, and each evaluation (confidential)."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from patents.enums.prefiling import (
    AdoptionState,
    Advice,
    InventorAnswer,
    Novelty,
    Ownership,
    PrefilingState,
    Secrecy,
)
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked

if TYPE_CHECKING:
    from typing import Self

SCORE: dict[str, Any] = {"null": True, "blank": True}


@tracked()
class ProvincialInstitution(models.Model):
    """A university or institute that belongs to the province: the denominator of target T04."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="provincial_entry", verbose_name="单位"
    )
    department = models.CharField("主管部门", max_length=100, blank=True)
    listed_on = models.DateField("列入日")
    delisted_on = models.DateField("移出日", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "省属高校院所"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(delisted_on__isnull=True) | Q(delisted_on__gt=F("listed_on")),
                name="provincial_institution_period",
            )
        ]

    def __str__(self) -> str:
        return str(self.organisation)


class AdoptionQuerySet(models.QuerySet["PrefilingAdoption"]):
    def visible_to(self, user: Any) -> "Self":
        """Province and finance all, a city its own, an institution its own."""
        if not user.is_authenticated:
            return self.none()
        if user.role in (Role.PROVINCE, Role.FINANCE):
            return self
        if user.role == Role.CITY:
            return self.filter(organisation__city_code=user.city_code)
        if user.role == Role.HOLDER:
            return self.filter(organisation_id=user.organisation_id)
        return self.none()


@tracked()
class PrefilingAdoption(models.Model):
    """An institution's own rule that nothing is filed without an evaluation."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="prefiling_adoption", verbose_name="单位"
    )
    title = models.CharField("制度名称", max_length=200)
    document_number = models.CharField("文号", max_length=100, blank=True)
    adopted_on = models.DateField("施行日")
    department = models.CharField("负责部门", max_length=100)
    state = models.CharField("状态", max_length=10, choices=AdoptionState, default=AdoptionState.SUBMITTED)
    note = models.CharField("核实意见", max_length=500, blank=True)
    submitted_at = models.DateTimeField("提交时间")
    confirmed_at = models.DateTimeField("核实时间", null=True, blank=True)

    objects = AdoptionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专利申请前评估制度"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.organisation} {self.title}"


class PrefilingCaseQuerySet(models.QuerySet["PrefilingCase"]):
    def visible_to(self, user: Any) -> "Self":
        """The institution alone. Officials count evaluations (`queries.prefiling`) and never read one."""
        if not user.is_authenticated or user.role != Role.HOLDER or user.organisation_id is None:
            return self.none()
        return self.filter(organisation_id=user.organisation_id)


class PrefilingCase(models.Model):
    """One evaluation. Its content is confidential: no official's page, event or audit entry carries any of it.

    No row history for the same reason; the steps that were taken are in the audit record, by number only.
    """

    ref = models.CharField("评估编号", max_length=20, unique=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="prefiling_cases", verbose_name="单位"
    )
    title = models.CharField("技术名称", max_length=200)
    inventor_names = models.CharField("发明人", max_length=600)
    disclosure = models.TextField("技术交底")
    disclosed_on = models.DateField("交底日")
    state = models.CharField("状态", max_length=10, choices=PrefilingState, default=PrefilingState.DISCLOSED)
    secrecy = models.CharField("保密审查", max_length=12, choices=Secrecy, blank=True)
    ownership = models.CharField("权属", max_length=10, choices=Ownership, blank=True)
    screening_note = models.TextField("审查说明", blank=True)
    search_scope = models.TextField("检索范围和检索式", blank=True)
    search_findings = models.TextField("对比文献", blank=True)
    novelty = models.CharField("查新结论", max_length=10, choices=Novelty, blank=True)
    technical_score = models.PositiveSmallIntegerField("技术价值（0-100）", **SCORE)
    market_score = models.PositiveSmallIntegerField("市场价值（0-100）", **SCORE)
    legal_score = models.PositiveSmallIntegerField("法律价值（0-100）", **SCORE)
    scoring_note = models.TextField("评分说明", blank=True)
    advice = models.CharField("评估建议", max_length=12, choices=Advice, blank=True)
    advice_reason = models.TextField("建议理由", blank=True)
    decision = models.CharField("单位决定", max_length=12, choices=Advice, blank=True)
    decision_reason = models.TextField("决定理由", blank=True)
    decided_on = models.DateField("决定日", null=True, blank=True)
    filed_number = models.CharField("申请号", max_length=12, blank=True)
    offered_on = models.DateField("征询发明人日", null=True, blank=True)
    inventor_answer = models.CharField("发明人答复", max_length=10, choices=InventorAnswer, blank=True)
    closed_on = models.DateField("结束日", null=True, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = PrefilingCaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "申请前评估"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(technical_score__isnull=True)
                | Q(technical_score__lte=100, market_score__lte=100, legal_score__lte=100),
                name="prefiling_scores_range",
            ),
            models.CheckConstraint(
                condition=~Q(secrecy=Secrecy.STATE_SECRET) | Q(decision__in=["", Advice.KEEP_SECRET, Advice.DROP]),
                name="prefiling_state_secret_is_not_filed",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="prefiling_organisation")]

    def __str__(self) -> str:
        # The number alone: audit entries keep this text, and officials read them.
        return self.ref

    def get_absolute_url(self) -> str:
        return reverse("patents:prefiling_case", args=[self.ref])
