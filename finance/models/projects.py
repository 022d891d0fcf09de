"""The pool of pledge-financing projects and what institutions made of them."""

import datetime as dt
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from finance.enums import OTHER_RIGHTS, REPEATED, AnswerKind, PlacementState, ProjectState, RightKind
from finance.models.columns import YUAN
from finance.models.products import Product
from patents.models import Patent
from portal.accounts.enums import Role, SizeClass
from portal.accounts.models import Organisation
from portal.history import tracked
from portal.policy.models import RuleVersion

if TYPE_CHECKING:
    from typing import Self


HIDDEN = (ProjectState.CLOSED, ProjectState.LAPSED)
"""A closed project is one whose firm took its consent back, a lapsed one waits for it to be given anew: nobody but the
firm and officials sees them."""


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user: Any) -> "Self":
        """Province and finance all, a city its own, a firm its own, an institution what was pushed to it."""
        if not user.is_authenticated:
            return self.none()
        if user.role in (Role.PROVINCE, Role.FINANCE):
            return self
        if user.role == Role.CITY:
            return self.filter(city_code=user.city_code)
        if user.role == Role.SME:
            return self.filter(organisation_id=user.organisation_id)
        if user.role == Role.BANK:
            pushed = Placement.objects.filter(project=OuterRef("pk"), institution_id=user.organisation_id)
            return self.filter(Exists(pushed), shared_with(user, project="pk")).exclude(state__in=HIDDEN)
        return self.none()


@tracked()
class Project(models.Model):
    """A firm's wish for a loan secured by its patents."""

    ref = models.CharField("项目编号", max_length=20, unique=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="projects", verbose_name="企业"
    )
    city_code = models.CharField("所在市代码", max_length=6, db_index=True)
    amount = models.DecimalField("融资金额（元）", **YUAN)
    term_months = models.PositiveSmallIntegerField("期限（月）")
    purpose = models.CharField("用途", max_length=500)
    patents = models.ManyToManyField(Patent, through="ProjectPatent", related_name="projects", verbose_name="质押专利")
    state = models.CharField("状态", max_length=10, choices=ProjectState, default=ProjectState.DRAFT)
    size_class = models.CharField("入库时企业规模", max_length=6, choices=SizeClass, blank=True)
    consented_at = models.DateTimeField("同意共享时间", null=True, blank=True)
    recipients = models.ManyToManyField(Organisation, related_name="+", verbose_name="同意共享的机构", blank=True)
    screening = models.JSONField("入库预检结果", default=list, blank=True)
    admission = models.JSONField("入库筛选结果", default=list, blank=True, db_default=[])
    admission_rule = models.ForeignKey(
        RuleVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="筛选条件版本"
    )
    review_note = models.CharField("审核意见", max_length=500, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    admitted_at = models.DateTimeField("入库时间", null=True, blank=True)
    expires_on = models.DateField("入库有效期至", null=True, blank=True)
    expiry_told_on = models.DateField("到期提醒日", null=True, blank=True)
    renewal_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="renewals", verbose_name="续贷的原项目"
    )
    version = models.PositiveIntegerField("版本", default=1)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "融资项目"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="project_amount_positive"),
            models.CheckConstraint(condition=Q(term_months__range=(1, 120)), name="project_term_range"),
            models.CheckConstraint(
                # A draft that was never handed in is closed without it: nobody else has seen it.
                condition=Q(state__in=[ProjectState.DRAFT, ProjectState.RETURNED, ProjectState.CLOSED])
                | Q(consented_at__isnull=False),
                name="project_shared_with_consent",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="project_organisation"),
            models.Index(fields=["expires_on"], condition=Q(state=ProjectState.ADMITTED), name="project_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.organisation}"

    def get_absolute_url(self) -> str:
        return reverse("finance:project", args=[self.ref])


class ProjectPatent(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="collateral")
    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="+", verbose_name="专利")
    is_held = models.BooleanField("占用中", default=False, help_text="项目入库后至结束前，同一专利不得再次质押")

    class Meta:
        verbose_name = verbose_name_plural = "质押专利"
        constraints = [
            models.UniqueConstraint(fields=["project", "patent"], name="project_patent_once"),
            models.UniqueConstraint(fields=["patent"], condition=Q(is_held=True), name="project_patent_held_once"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.patent_id}"


class ProjectRight(models.Model):
    """A trademark, copyright or layout design that the firm offers beside its patents, as it names it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="rights")
    kind = models.CharField("种类", max_length=20, choices=RightKind)
    number = models.CharField("注册或登记号", max_length=60)
    title = models.CharField("名称", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "其他知识产权"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["project", "kind", "number"], name="project_right_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in OTHER_RIGHTS]), name="project_right_is_no_patent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number} {self.title}"


def shared_with(user: Any, *, project: str) -> Exists:
    """Whether the firm shares the project, which the column `project` of a row names, with the user's institution.

    Asked of each row: a page of a hundred looks up a hundred, not all that were ever shared.
    """
    shared = Project.recipients.through.objects
    return Exists(shared.filter(project_id=OuterRef(project), organisation_id=user.organisation_id))


class PlacementQuerySet(models.QuerySet["Placement"]):
    def visible_to(self, user: Any) -> "Self":
        """Whoever sees the project sees where it stands; an institution only its own part of it."""
        if user.is_authenticated and user.role == Role.BANK:
            rows = self.filter(shared_with(user, project="project"), institution_id=user.organisation_id)
            return rows.exclude(project__state__in=HIDDEN)
        return self.filter(project__in=Project.objects.visible_to(user))


@tracked()
class Placement(models.Model):
    """One project with one institution: pushed, answered, lent."""

    # How far the push has come, in the firm's words; filled by `queries.placements_of`.
    status_word = ""
    # The last day for an answer, while one is waited for, and whether it is past; filled there too.
    answer_due_on: dt.date | None = None
    is_overdue = False

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="placements", verbose_name="项目")
    institution = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="placements", verbose_name="金融机构"
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name="产品")
    state = models.CharField("状态", max_length=10, choices=PlacementState, default=PlacementState.PUSHED)
    pushed_at = models.DateTimeField("推送时间", auto_now_add=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    refusal_reason = models.CharField("拒绝理由", max_length=500, blank=True)
    chase_level = models.PositiveSmallIntegerField("催办级别", default=0, db_default=0)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "项目推送"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["project", "institution"], name="placement_once_per_institution"),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(state__in=[PlacementState.LENT, PlacementState.REPAID]),
                name="placement_one_lender_per_project",
            ),
            models.CheckConstraint(
                condition=~Q(state=PlacementState.REFUSED) | ~Q(refusal_reason=""), name="placement_refusal_has_reason"
            ),
        ]
        indexes = [models.Index(fields=["institution", "id"], name="placement_of_institution")]

    def __str__(self) -> str:
        return f"{self.project.ref} → {self.institution.name}"


class Answer(models.Model):
    """What an institution answered, as it came; only ever added."""

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="answers", verbose_name="推送")
    kind = models.CharField("答复", max_length=10, choices=AnswerKind)
    facts = models.JSONField("内容", default=dict)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "机构答复"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "kind"], condition=~Q(kind__in=sorted(REPEATED)), name="answer_once_per_kind"
            )
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.placement_id} {self.kind}"
