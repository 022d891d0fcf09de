"""The board of quality: a row for each week, city and industry."""

from typing import TYPE_CHECKING, Any

from django.db import models

from portal.accounts.enums import Role

if TYPE_CHECKING:
    from typing import Self


class QualityQuerySet(models.QuerySet["QualityWeek"]):
    def visible_to(self, user: Any) -> "Self":
        """Province all, a city its own."""
        if not user.is_authenticated:
            return self.none()
        if user.role == Role.PROVINCE:
            return self
        if user.role == Role.CITY:
            return self.filter(city_code=user.city_code)
        return self.none()


class QualityWeek(models.Model):
    """What a week (Monday to Sunday) ended with; counts, so that rows can be added up to any total."""

    monday = models.DateField("周（周一）")
    city_code = models.CharField("所在市代码", max_length=6)
    industry = models.CharField("行业门类", max_length=1, blank=True, help_text="GB/T 4754 门类；空为未填写")
    published_count = models.PositiveIntegerField("在库需求（项）")
    contacted_count = models.PositiveIntegerField("已对接（项）")
    good_match_count = models.PositiveIntegerField("有合适专利（项）")
    gap_count = models.PositiveIntegerField("所在领域无合适专利（项）")
    contact_days = models.JSONField("首次对接用时（天）", default=list)
    computed_at = models.DateTimeField("计算时间", auto_now=True)

    objects = QualityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "供需匹配质量周报"
        ordering = ("-monday", "city_code", "industry")
        constraints = [
            models.UniqueConstraint(fields=["monday", "city_code", "industry"], name="qualityweek_once"),
        ]

    def __str__(self) -> str:
        return f"{self.monday} {self.city_code} {self.industry}"
