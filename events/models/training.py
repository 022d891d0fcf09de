"""Training: bases, what they teach and when, who learned, and what was certified."""

import secrets
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from events.enums.training import (
    BaseState,
    CertificateState,
    CourseState,
    EnrolmentState,
    QuestionKind,
    SessionState,
    TrainingAudience,
    TrainingField,
)
from events.models.agenda import Period
from portal import clock, regions
from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.models import Organisation
from portal.history import tracked
from portal.policy.models import RuleVersion

if TYPE_CHECKING:
    import datetime as dt
    from typing import Self


def new_code() -> str:
    """A code that nobody can guess: it opens a participant's test without an account."""
    return secrets.token_urlsafe(12)


class TrainingBaseQuerySet(models.QuerySet["TrainingBase"]):
    def visible_to(self, user: Any) -> "Self":
        """The register is public."""
        return self

    def standing_on(self, day: "dt.date") -> "Self":
        """Recognised and valid on the day: those that target T09 counts."""
        return self.filter(recognised_on__lte=day, valid_until__gte=day).filter(
            Q(revoked_on__isnull=True) | Q(revoked_on__gt=day)
        )

    def run_by(self, user: Any) -> "Self":
        """Those whose courses `user` keeps: the province all, an organisation its own."""
        if not user.is_authenticated:
            return self.none()
        if user.role == Role.PROVINCE:
            return self
        if user.role in (Role.HOLDER, Role.SME) and user.organisation_id is not None:
            return self.filter(organisation_id=user.organisation_id)
        return self.none()


@tracked()
class TrainingBase(models.Model):
    """An organisation recognised by the province as a base for training (知识产权人才培养基地)."""

    ref = models.CharField("编号", max_length=20, unique=True)
    name = models.CharField("基地名称", max_length=200, unique=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="training_bases", verbose_name="依托单位"
    )
    city_code = models.CharField("所在市", max_length=6, choices=regions.CITY_CHOICES)
    field = models.CharField("主要方向", max_length=10, choices=TrainingField)
    summary = models.TextField("基地简介")
    document_number = models.CharField("认定文号", max_length=100)
    recognised_on = models.DateField("认定日")
    valid_until = models.DateField("有效期至")
    state = models.CharField("状态", max_length=10, choices=BaseState, default=BaseState.RECOGNISED)
    revoked_on = models.DateField("撤销日", null=True, blank=True)
    revoke_reason = models.CharField("撤销理由", max_length=500, blank=True)
    rule = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="+", verbose_name="规则版本")

    objects = TrainingBaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "人才培养基地"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(valid_until__gte=F("recognised_on")), name="training_base_period"),
            models.CheckConstraint(
                condition=Q(state=BaseState.RECOGNISED, revoked_on__isnull=True)
                | (Q(state=BaseState.REVOKED, revoked_on__isnull=False) & ~Q(revoke_reason="")),
                name="training_base_revoked_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("events:training_base", args=[self.ref])

    @property
    def is_standing(self) -> bool:
        return self.state == BaseState.RECOGNISED and self.recognised_on <= clock.today() <= self.valid_until


class OfBaseQuerySet(models.QuerySet[Any]):
    """Rows of bases; `base_path` leads from the row to its base."""

    base_path = "base"

    def run_by(self, user: Any) -> "Self":
        """Those of the bases that `user` keeps."""
        return self.filter(**{f"{self.base_path}__in": TrainingBase.objects.run_by(user)})

    def visible_to(self, user: Any) -> "Self":
        """Officials all, others those of their own bases."""
        if user.is_authenticated and user.role in OFFICIALS:
            return self
        return self.run_by(user)


@tracked()
class Teacher(models.Model):
    """Who teaches at a base."""

    base = models.ForeignKey(TrainingBase, on_delete=models.PROTECT, related_name="teachers", verbose_name="基地")
    name = models.CharField("姓名", max_length=50)
    title = models.CharField("职务、职称", max_length=100)
    organisation_name = models.CharField("单位", max_length=200)
    field = models.CharField("专长", max_length=10, choices=TrainingField)
    is_active = models.BooleanField("在聘", default=True)

    objects = OfBaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "师资"
        ordering = ("base", "name", "id")
        constraints = [
            models.UniqueConstraint(fields=["base", "name", "organisation_name"], name="training_teacher_once")
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.title}）"


@tracked()
class Course(models.Model):
    """What a base teaches. One hour (学时) is 45 minutes."""

    ref = models.CharField("编号", max_length=20, unique=True)
    base = models.ForeignKey(TrainingBase, on_delete=models.PROTECT, related_name="courses", verbose_name="基地")
    title = models.CharField("课程名称", max_length=200)
    field = models.CharField("方向", max_length=10, choices=TrainingField)
    audience = models.CharField("培训对象", max_length=8, choices=TrainingAudience)
    hours = models.DecimalField("学时", max_digits=5, decimal_places=1, validators=[MinValueValidator(1)])
    summary = models.TextField("课程内容")
    pass_mark = models.PositiveSmallIntegerField("合格分数", validators=[MaxValueValidator(100)])
    state = models.CharField("状态", max_length=14, choices=CourseState, default=CourseState.DRAFT)

    objects = OfBaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培训课程"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(hours__gt=0), name="training_course_has_hours"),
            models.CheckConstraint(condition=Q(pass_mark__lte=100), name="training_course_pass_mark"),
            models.UniqueConstraint(fields=["base", "title"], name="training_course_title_once"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("events:course", args=[self.ref])


class QuestionQuerySet(OfBaseQuerySet):
    base_path = "course__base"


@tracked()
class TestQuestion(models.Model):
    """One question of a course's test. `right` holds the places of the right options, from 0."""

    __test__ = False

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="questions", verbose_name="课程")
    kind = models.CharField("题型", max_length=8, choices=QuestionKind)
    text = models.CharField("题干", max_length=500)
    options = ArrayField(models.CharField(max_length=200), verbose_name="选项")
    right = ArrayField(models.PositiveSmallIntegerField(), verbose_name="正确选项")
    marks = models.PositiveSmallIntegerField("分值")

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考题"
        ordering = ("course", "id")
        constraints = [
            models.CheckConstraint(condition=Q(marks__gt=0), name="test_question_has_marks"),
            models.CheckConstraint(
                condition=Q(right__len__gte=1, options__len__gte=2), name="test_question_answerable"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]


class SessionQuerySet(OfBaseQuerySet):
    base_path = "course__base"

    def coming(self) -> "Self":
        """Planned sessions that have not begun, of courses that take enrolments."""
        return self.filter(state=SessionState.PLANNED, starts_at__gt=clock.now(), course__state=CourseState.OPEN)


@tracked()
class TrainingSession(models.Model):
    """One time that a course is taught."""

    ref = models.CharField("编号", max_length=20, unique=True)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sessions", verbose_name="课程")
    teacher = models.ForeignKey(Teacher, on_delete=models.PROTECT, related_name="sessions", verbose_name="授课教师")
    starts_at = models.DateTimeField("开始时间", db_index=True)
    ends_at = models.DateTimeField("结束时间")
    place = models.CharField("地点", max_length=200)
    capacity = models.PositiveIntegerField("名额", validators=[MinValueValidator(1)])
    state = models.CharField("状态", max_length=10, choices=SessionState, default=SessionState.PLANNED)
    cancel_reason = models.CharField("取消原因", max_length=500, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培训班次"
        ordering = ("-starts_at", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="training_session_ends_after_start"),
            models.CheckConstraint(condition=Q(capacity__gt=0), name="training_session_has_places"),
            models.CheckConstraint(
                condition=~Q(state=SessionState.CANCELLED) | ~Q(cancel_reason=""),
                name="training_session_cancelled_with_reason",
            ),
            ExclusionConstraint(
                name="training_teacher_in_one_place",
                expressions=[
                    ("teacher", RangeOperators.EQUAL),
                    (Period("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state=SessionState.PLANNED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course}（{self.starts_at.astimezone(clock.SHANGHAI):%Y-%m-%d}）"

    @property
    def has_begun(self) -> bool:
        return self.starts_at <= clock.now()


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def visible_to(self, user: Any) -> "Self":
        """Personal data: the province, the base that teaches, the organisation that sends the person."""
        if not user.is_authenticated:
            return self.none()
        if user.role == Role.PROVINCE:
            return self
        if user.organisation_id is None or user.role in OFFICIALS:
            return self.none()
        return self.filter(
            Q(organisation_id=user.organisation_id) | Q(session__course__base__organisation_id=user.organisation_id)
        )

    def standing(self) -> "Self":
        """Those that hold a place."""
        return self.exclude(state=EnrolmentState.WITHDRAWN)


@tracked()
class Enrolment(models.Model):
    """One person in one session, sent by an organisation."""

    session = models.ForeignKey(
        TrainingSession, on_delete=models.PROTECT, related_name="enrolments", verbose_name="班次"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="enrolments", verbose_name="派出单位"
    )
    person_name = models.CharField("姓名", max_length=50)
    person_phone = models.CharField("手机", max_length=20)
    position = models.CharField("职务", max_length=100, blank=True)
    state = models.CharField("状态", max_length=10, choices=EnrolmentState, default=EnrolmentState.ENROLLED)
    attended_hours = models.DecimalField("实到学时", max_digits=5, decimal_places=1, null=True, blank=True)
    code = models.CharField("考试码", max_length=30, unique=True, default=new_code)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="经办人"
    )
    made_at = models.DateTimeField("报名时间", default=clock.now)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培训学员"
        ordering = ("session", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "person_phone"],
                condition=~Q(state=EnrolmentState.WITHDRAWN),
                name="enrolment_person_once",
            ),
            models.CheckConstraint(
                condition=Q(state=EnrolmentState.ATTENDED, attended_hours__isnull=False, attended_hours__gte=0)
                | (~Q(state=EnrolmentState.ATTENDED) & Q(attended_hours__isnull=True)),
                name="enrolment_hours_when_attended",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "person_phone"], name="enrolment_person")]

    def __str__(self) -> str:
        return f"{self.person_name}（{self.organisation}）"


class TestAttempt(models.Model):
    """One sitting of a test; only ever added."""

    __test__ = False

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attempts", verbose_name="学员")
    number = models.PositiveSmallIntegerField("第几次")
    answers = models.JSONField("作答")
    score = models.DecimalField("得分", max_digits=4, decimal_places=1)
    has_passed = models.BooleanField("合格")
    at = models.DateTimeField("交卷时间", default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "考试记录"
        ordering = ("enrolment", "number")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "number"], name="test_attempt_number_once"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=100), name="test_attempt_score"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.enrolment_id} #{self.number} {self.score}"


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, user: Any) -> "Self":
        """As the enrolment; the public checks one by its number and sees the holder masked."""
        return self.filter(enrolment__in=Enrolment.objects.visible_to(user))


@tracked()
class Certificate(models.Model):
    """What a person has learned, as it was on the day of issue."""

    number = models.CharField("证书编号", max_length=20, unique=True)
    enrolment = models.OneToOneField(
        Enrolment, on_delete=models.PROTECT, related_name="certificate", verbose_name="学员"
    )
    person_name = models.CharField("持证人", max_length=50)
    organisation_name = models.CharField("单位", max_length=200)
    base_name = models.CharField("培养基地", max_length=200)
    course_title = models.CharField("课程", max_length=200)
    hours = models.DecimalField("学时", max_digits=5, decimal_places=1)
    score = models.DecimalField("考试得分", max_digits=4, decimal_places=1, null=True, blank=True)
    taught_on = models.DateField("培训日期")
    issued_on = models.DateField("发证日")
    state = models.CharField("状态", max_length=10, choices=CertificateState, default=CertificateState.ISSUED)
    revoked_on = models.DateField("撤销日", null=True, blank=True)
    revoke_reason = models.CharField("撤销理由", max_length=500, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培训证书"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(state=CertificateState.ISSUED, revoked_on__isnull=True)
                | (Q(state=CertificateState.REVOKED, revoked_on__isnull=False) & ~Q(revoke_reason="")),
                name="training_certificate_revoked_with_reason",
            )
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("events:certificate", args=[self.number])
