"""Applicants, holders and family of a patent."""

from django.db import models
from django.db.models import Q

from patents.enums import PartyRole
from patents.models.pool import Patent
from portal.accounts.models import Organisation
from portal.history import tracked


@tracked()
class PatentParty(models.Model):
    """An applicant or registered holder, in the order of the register.

    A patent without rows of holders belongs to its applicants: `patents.queries.parties.owners_of` says who owns it.
    """

    patent = models.ForeignKey(Patent, on_delete=models.CASCADE, related_name="parties", verbose_name="专利")
    role = models.CharField("身份", max_length=9, choices=PartyRole)
    position = models.PositiveSmallIntegerField("次序")
    name = models.CharField("名称", max_length=200)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True, db_default="")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="平台单位"
    )
    share = models.DecimalField("份额", max_digits=7, decimal_places=6, null=True, blank=True)
    agreed_on = models.DateField("同意入库日期", null=True, blank=True)
    agreement = models.CharField("共有人约定", max_length=500, blank=True, db_default="")

    class Meta:
        verbose_name = verbose_name_plural = "申请人与专利权人"
        ordering = ("patent", "role", "position")
        constraints = [
            models.UniqueConstraint(fields=["patent", "role", "position"], name="patentparty_position_once"),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gt=0, share__lte=1), name="patentparty_share_fraction"
            ),
            models.CheckConstraint(
                condition=Q(uscc="") | Q(uscc__regex=r"^[0-9A-HJ-NP-RTUWXY]{18}$"), name="patentparty_uscc_form"
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked()
class FamilyMember(models.Model):
    """A patent of the same family, here or overseas."""

    patent = models.ForeignKey(Patent, on_delete=models.CASCADE, related_name="family", verbose_name="专利")
    country = models.CharField("国别（地区）代码", max_length=2)
    number = models.CharField("号码", max_length=30)
    filed_on = models.DateField("申请日", null=True, blank=True)
    is_granted = models.BooleanField("已授权", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "同族专利"
        ordering = ("patent", "country", "number")
        constraints = [
            models.UniqueConstraint(fields=["patent", "country", "number"], name="familymember_once"),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="familymember_country_form"),
        ]

    def __str__(self) -> str:
        return f"{self.country}{self.number}"

    @property
    def is_overseas(self) -> bool:
        return self.country != "CN"
