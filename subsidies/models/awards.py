"""Patent awards as the lists of winners name them."""

from django.db import models

from portal.accounts.models import Organisation
from portal.history import tracked
from subsidies.enums import AwardGrade, AwardLevel, DoubleDecision


@tracked()
class Award(models.Model):
    """One award of one patent. `double_decision`: what an officer decided where the patent won at both levels."""

    level = models.CharField("奖项", max_length=10, choices=AwardLevel)
    grade = models.CharField("等级", max_length=10, choices=AwardGrade)
    year = models.PositiveSmallIntegerField("年度")
    announced_on = models.DateField("授奖公布日")
    patent_number = models.CharField("专利号", max_length=20)
    title = models.CharField("专利名称", max_length=300)
    uscc = models.CharField("统一社会信用代码", max_length=18)
    winner_name = models.CharField("获奖单位", max_length=200)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="awards", verbose_name="平台单位"
    )
    double_decision = models.CharField("重复获奖决定", max_length=10, choices=DoubleDecision, blank=True)
    double_reason = models.CharField("决定理由", max_length=300, blank=True)
    source_sha256 = models.CharField("名单文件指纹", max_length=64)
    source_row = models.PositiveIntegerField("行号")

    class Meta:
        verbose_name = verbose_name_plural = "专利奖"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["level", "year", "patent_number"], name="award_once"),
            models.CheckConstraint(
                condition=models.Q(double_decision="") | ~models.Q(double_reason=""), name="award_decision_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.get_level_display()}{self.get_grade_display()} {self.patent_number}"
