"""Offers: how a holder brings a patent into the pool."""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from patents.columns.models import marks_changes
from patents.enums import OPEN_LISTINGS, ListingState, TransferWay
from patents.models.pool import Patent
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked

if TYPE_CHECKING:
    from typing import Self

YUAN: dict[str, Any] = {"max_digits": 16, "decimal_places": 2}


class ListingQuerySet(models.QuerySet["Listing"]):
    def visible_to(self, user: Any) -> "Self":
        """Listings in the pool are public; one's own, and those of the own city for its officials, in every state."""
        public = Q(state=ListingState.LISTED)
        if not user.is_authenticated:
            return self.filter(public)
        if user.role == Role.PROVINCE:
            return self
        if user.role == Role.CITY:
            return self.filter(public | Q(organisation__city_code=user.city_code))
        return self.filter(public | Q(organisation_id=user.organisation_id, organisation__isnull=False))

    def running(self) -> "Self":
        """In the pool now."""
        return self.filter(state=ListingState.LISTED)


@tracked()
class Listing(models.Model):
    """One offer of a patent, from draft to its end; a patent has at most one that is not ended."""

    patent = models.ForeignKey(Patent, on_delete=models.PROTECT, related_name="listings", verbose_name="专利")
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="listings",
        verbose_name="提供单位",
        help_text="从其他库导入、提供单位尚未注册的为空",
    )
    state = models.CharField("状态", max_length=9, choices=ListingState, default=ListingState.DRAFT)
    maturity = models.PositiveSmallIntegerField("技术成熟度（TRL 1-9）", null=True, blank=True)
    problem = models.TextField("解决的技术问题", blank=True, db_default="")
    effect = models.TextField("技术效果", blank=True, db_default="")
    application_fields = models.CharField("应用领域", max_length=500, blank=True, db_default="")
    comparison = models.TextField("与现有方案的经济性比较", blank=True, db_default="")
    transfer_ways = ArrayField(
        models.CharField(max_length=12, choices=TransferWay), verbose_name="转化方式", default=list, blank=True
    )
    price_low_amount = models.DecimalField("意向价格下限（元）", null=True, blank=True, **YUAN)
    price_high_amount = models.DecimalField("意向价格上限（元）", null=True, blank=True, **YUAN)
    is_price_negotiable = models.BooleanField("价格面议", default=False, db_default=False)
    contact_name = models.CharField("联系人", max_length=50, blank=True, db_default="")
    contact_phone = models.CharField("联系电话", max_length=30, blank=True, db_default="")
    entered_on = models.DateField("入库日", null=True, blank=True)
    expires_on = models.DateField("到期日", null=True, blank=True)
    ended_on = models.DateField("退出日", null=True, blank=True)
    reason = models.CharField("入库或者退出理由", max_length=500, blank=True, db_default="")
    renewal_count = models.PositiveSmallIntegerField("续期次数", default=0, db_default=0)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "入库信息"
        ordering = ("-id",)
        triggers = marks_changes("patent_id")
        constraints = [
            models.UniqueConstraint(
                fields=["patent"], condition=Q(state__in=sorted(OPEN_LISTINGS)), name="listing_one_open"
            ),
            models.CheckConstraint(
                condition=Q(maturity__isnull=True) | Q(maturity__range=(1, 9)), name="listing_maturity_range"
            ),
            models.CheckConstraint(
                condition=Q(price_low_amount__isnull=True) | Q(price_low_amount__gte=0),
                name="listing_price_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(price_high_amount__isnull=True) | Q(price_high_amount__gte=F("price_low_amount")),
                name="listing_price_range",
            ),
            models.CheckConstraint(
                condition=~Q(state=ListingState.LISTED) | Q(entered_on__isnull=False, expires_on__isnull=False),
                name="listing_listed_has_dates",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(OPEN_LISTINGS)) | Q(ended_on__isnull=False), name="listing_ended_has_date"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="listing_organisation"),
            models.Index(fields=["expires_on"], condition=Q(state=ListingState.LISTED), name="listing_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.patent_id} {self.get_state_display()}"

    @property
    def way_names(self) -> str:
        return "、".join(str(TransferWay(way).label) for way in self.transfer_ways)
