"""A deal over patents: who with whom, about what, and how far it has come."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from patents.enums.deals import ConsentKind, DealKind, DealState, EndReason, Origin, PartyKind, Side
from patents.models.pool import Patent
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked

if TYPE_CHECKING:
    from typing import Self


class DealQuerySet(models.QuerySet["Deal"]):
    def visible_to(self, user: Any) -> "Self":
        """Province: all; a city: deals with a party there; a holder or firm: those it is a party of; no other."""
        if not user.is_authenticated:
            return self.none()
        if user.role == Role.PROVINCE:
            return self
        parties = DealParty.objects.filter(deal=OuterRef("pk"))
        if user.role == Role.CITY:
            return self.filter(Exists(parties.filter(city_code=user.city_code)))
        if user.role in (Role.HOLDER, Role.SME):
            return self.filter(Exists(parties.filter(organisation_id=user.organisation_id)))
        return self.none()


@tracked()
class Deal(models.Model):
    """From a firm's enquiry to the money received. What was signed stands in `contract`."""

    ref = models.CharField("交易编号", max_length=20, unique=True)
    kind = models.CharField("方式", max_length=12, choices=DealKind)
    state = models.CharField("状态", max_length=10, choices=DealState, default=DealState.ENQUIRY)
    patents = models.ManyToManyField(Patent, through="DealPatent", related_name="deals", verbose_name="专利")
    origin = models.CharField("来源", max_length=12, choices=Origin)
    origin_ref = models.CharField("来源编号", max_length=40, blank=True)
    opened_on = models.DateField("提出日期", db_index=True)
    answer_by = models.DateField("应答复日", null=True, blank=True)
    answered_on = models.DateField("答复日期", null=True, blank=True)
    chased_on = models.DateField("催办日期", null=True, blank=True)
    record_number = models.CharField("登记（备案）号", max_length=60, blank=True)
    recorded_on = models.DateField("登记（备案）日", null=True, blank=True)
    effective_on = models.DateField("生效日", null=True, blank=True)
    record_by = models.DateField("应备案日", null=True, blank=True)
    closed_on = models.DateField("完成（终止）日", null=True, blank=True)
    end_reason = models.CharField("终止原因", max_length=20, choices=EndReason, blank=True)
    end_note = models.CharField("说明", max_length=500, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = DealQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "转化交易"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=(Q(state=DealState.ENDED) & ~Q(end_reason=""))
                | (~Q(state=DealState.ENDED) & Q(end_reason="")),
                name="deal_ended_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[DealState.RECORDED, DealState.PAYING]) | Q(recorded_on__isnull=False),
                name="deal_recorded_with_date",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="deal_state"),
            models.Index(fields=["answer_by"], condition=Q(state=DealState.ENQUIRY), name="deal_unanswered"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("patents:deal", args=[self.ref])


class DealPatent(models.Model):
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="items", verbose_name="交易")
    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="deal_items", verbose_name="专利")

    class Meta:
        verbose_name = verbose_name_plural = "交易专利"
        constraints = [models.UniqueConstraint(fields=["deal", "patent"], name="deal_patent_once")]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.patent_id}"


class DealParty(models.Model):
    """One side's member. Name, kind and city are kept as they were: organisations change later."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="parties", verbose_name="交易")
    side = models.CharField("身份", max_length=8, choices=Side)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="deal_parts", verbose_name="单位"
    )
    name = models.CharField("名称", max_length=200)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    kind = models.CharField("类型", max_length=12, choices=PartyKind)
    city_code = models.CharField("所在市代码", max_length=6, blank=True)
    share = models.DecimalField("份额", max_digits=7, decimal_places=6)
    is_lead = models.BooleanField("牵头", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "交易当事人"
        ordering = ("side", "-is_lead", "id")
        constraints = [
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="deal_party_share_fraction"),
            models.UniqueConstraint(
                fields=["deal", "organisation"],
                condition=Q(organisation__isnull=False),
                name="deal_party_once",
            ),
            models.UniqueConstraint(fields=["deal", "side"], condition=Q(is_lead=True), name="deal_party_one_lead"),
        ]
        indexes = [
            models.Index(fields=["organisation", "deal"], name="deal_party_organisation"),
            models.Index(fields=["city_code", "deal"], name="deal_party_city"),
        ]

    def __str__(self) -> str:
        return self.name


class DealConsent(models.Model):
    """Leave that somebody outside the deal gave: a pledgee, a co-owner."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="consents", verbose_name="交易")
    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="+", verbose_name="专利")
    kind = models.CharField("同意事项", max_length=10, choices=ConsentKind)
    given_by = models.CharField("同意人", max_length=200)
    given_on = models.DateField("同意日期")
    document = models.ForeignKey(
        "patents.DealDocument", on_delete=models.PROTECT, related_name="+", verbose_name="证明文件"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "同意证明"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["deal", "patent", "kind", "given_by"], name="deal_consent_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.given_by}"
