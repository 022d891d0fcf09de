"""Questionnaires, visits to firms, and what is known of their credit."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from finance.enums import (
    WITH_OPTIONS,
    CreditKind,
    CreditOutcome,
    QuestionKind,
    QuestionnaireState,
    VisitAdvice,
)
from finance.models.projects import Project
from portal.accounts.enums import Role
from portal.accounts.models import Organisation

if TYPE_CHECKING:
    from typing import Self


class QuestionnaireQuerySet(models.QuerySet["Questionnaire"]):
    def visible_to(self, user: Any) -> "Self":
        """Officials all; a firm those that were opened."""
        if not user.is_authenticated:
            return self.none()
        if user.role in (Role.PROVINCE, Role.FINANCE, Role.CITY):
            return self
        if user.role == Role.SME:
            return self.exclude(state=QuestionnaireState.DRAFT)
        return self.none()


class Questionnaire(models.Model):
    """A list of questions. Once opened its questions stand: answers refer to them."""

    title = models.CharField("标题", max_length=100)
    intro = models.CharField("填报说明", max_length=1000, blank=True)
    state = models.CharField("状态", max_length=10, choices=QuestionnaireState, default=QuestionnaireState.DRAFT)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="编制人"
    )
    opened_at = models.DateTimeField("开始填报时间", null=True, blank=True)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "调查问卷"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("finance:questionnaire", args=[self.pk])


class Question(models.Model):
    """One question. `code` is what conditions of admission name it by (`answer.CODE`)."""

    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.CASCADE, related_name="questions", verbose_name="问卷"
    )
    place = models.PositiveSmallIntegerField("序号")
    code = models.SlugField("编码", max_length=30)
    text = models.CharField("题目", max_length=200)
    kind = models.CharField("类型", max_length=10, choices=QuestionKind)
    options = ArrayField(models.CharField(max_length=60), verbose_name="选项", default=list, blank=True)
    is_required = models.BooleanField("必填", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "问卷题目"
        ordering = ("place",)
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "place"], name="question_place_once"),
            models.UniqueConstraint(fields=["questionnaire", "code"], name="question_code_once"),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(WITH_OPTIONS), options__len__gte=2)
                | (~Q(kind__in=sorted(WITH_OPTIONS)) & Q(options=[])),
                name="question_options_where_chosen",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}. {self.text}"


class FirmQuerySet(models.QuerySet[Any]):
    """Rows about one firm: its own, its city's, the province's."""

    def visible_to(self, user: Any) -> "Self":
        if not user.is_authenticated:
            return self.none()
        if user.role in (Role.PROVINCE, Role.FINANCE):
            return self
        if user.role == Role.CITY:
            return self.filter(organisation__city_code=user.city_code)
        if user.role == Role.SME:
            return self.filter(organisation_id=user.organisation_id)
        return self.none()


class OfficialFirmQuerySet(FirmQuerySet):
    """Rows about one firm that only officials see."""

    def visible_to(self, user: Any) -> "Self":
        if user.is_authenticated and user.role == Role.SME:
            return self.none()
        return super().visible_to(user)


class Visit(models.Model):
    """An official's visit to a firm; only ever added."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="visits", verbose_name="企业")
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, blank=True, related_name="visits", verbose_name="融资项目"
    )
    on = models.DateField("走访日期")
    visitors = models.CharField("走访人员", max_length=200)
    met = models.CharField("企业接待人员", max_length=200)
    findings = models.TextField("走访情况", max_length=4000)
    advice = models.CharField("走访意见", max_length=10, choices=VisitAdvice)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = OfficialFirmQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "走访记录"
        ordering = ("-on", "-id")
        indexes = [models.Index(fields=["organisation", "-on"], name="visit_organisation")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.organisation} {self.on}"


class SurveyResponse(models.Model):
    """What a firm answered, itself or on a visit; the newest of a questionnaire counts. Only ever added."""

    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.PROTECT, related_name="responses", verbose_name="问卷"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="survey_responses", verbose_name="企业"
    )
    visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="responses", verbose_name="走访"
    )
    answers = models.JSONField("答案")
    filled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="填报人"
    )
    filled_at = models.DateTimeField("填报时间", auto_now_add=True)

    objects = FirmQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "问卷答案"
        ordering = ("-id",)
        indexes = [models.Index(fields=["organisation", "-id"], name="survey_response_organisation")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.questionnaire_id} {self.organisation}"


class CreditFact(models.Model):
    """What a source says of a firm's credit on a day; the newest of a kind counts. Only ever added."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="credit_facts", verbose_name="企业"
    )
    kind = models.CharField("信用事项", max_length=20, choices=CreditKind)
    outcome = models.CharField("结果", max_length=10, choices=CreditOutcome)
    detail = models.CharField("说明", max_length=500, blank=True)
    source = models.CharField("来源", max_length=200, help_text="例如：信用中国网站查询、企业提供的征信报告")
    as_of = models.DateField("截至日期")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = FirmQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "信用信息"
        ordering = ("-as_of", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome=CreditOutcome.CLEAN) | ~Q(detail=""), name="credit_fact_adverse_says_what"
            )
        ]
        indexes = [models.Index(fields=["organisation", "kind", "-as_of"], name="credit_fact_newest")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_kind_display()} {self.get_outcome_display()}"
