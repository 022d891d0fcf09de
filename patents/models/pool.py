"""The pool of patents."""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from patents.enums import LegalStatus, PatentKind, TransferWay
from patents.index.models import PATENT_TRIGGERS
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked
from portal.sheets.models import SheetImport

if TYPE_CHECKING:
    from typing import Self


class PatentQuerySet(models.QuerySet["Patent"]):
    def visible_to(self, user: Any) -> "Self":
        """Bibliographic data of patents are public: everybody sees the pool."""
        return self

    def at_address(self, address: str) -> "Self":
        """The patent whose `address` this is, if any."""
        if address.startswith("CN"):
            return self.filter(publication_number=address[2:])
        return self.filter(number=address)

    def editable_by(self, user: Any) -> "Self":
        """Province: all; a city: holders in that city; a holder: its own."""
        if not user.is_authenticated:
            return self.none()
        if user.role == Role.PROVINCE:
            return self
        if user.role == Role.CITY:
            return self.filter(holder__city_code=user.city_code)
        if user.role == Role.HOLDER:
            return self.filter(holder_id=user.organisation_id)
        return self.none()


@tracked(exclude=["search_tokens"])
class Patent(models.Model):
    """One patent or application, keyed by its application number (8 or 12 digits, check digit apart).

    A list taken from a gazette may carry publication numbers only; such a row is keyed by that until a later
    sheet brings the application number.
    """

    number = models.CharField("申请号", max_length=12, unique=True, null=True, blank=True)
    check_digit = models.CharField("校验位", max_length=1, blank=True)
    # The digits and the letters are apart because the letters change when an application is granted (A, then B).
    publication_number = models.CharField("公布（公告）号", max_length=9, unique=True, null=True, blank=True)
    publication_kind = models.CharField("公布（公告）类型", max_length=2, blank=True)
    kind = models.CharField("类型", max_length=14, choices=PatentKind)
    title = models.CharField("名称", max_length=400)
    abstract = models.TextField("摘要", blank=True)
    main_class = models.CharField("主分类号", max_length=20, blank=True)
    applicant_names = models.CharField("申请人", max_length=600, blank=True)
    inventor_names = models.CharField("发明人", max_length=600, blank=True)
    filed_on = models.DateField("申请日", null=True, blank=True)
    granted_on = models.DateField("授权公告日", null=True, blank=True)
    legal_status = models.CharField("法律状态", max_length=20, choices=LegalStatus, default=LegalStatus.UNKNOWN)
    holder = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="patents", verbose_name="权利人"
    )
    city_code = models.CharField("所在市代码", max_length=6, blank=True)
    maturity = models.PositiveSmallIntegerField("技术成熟度（TRL 1-9）", null=True, blank=True)
    transfer_way = models.CharField("转化方式", max_length=12, choices=TransferWay, blank=True)
    price_amount = models.DecimalField("意向价格（元）", max_digits=16, decimal_places=2, null=True, blank=True)
    source_import = models.ForeignKey(
        SheetImport, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="来源文件"
    )
    source_row = models.PositiveIntegerField("来源行", null=True, blank=True)
    search_tokens = SearchVectorField("检索词", editable=False, null=True)
    created_at = models.DateTimeField("入库时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = PatentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专利"
        ordering = ("-id",)
        triggers = PATENT_TRIGGERS
        constraints = [
            models.CheckConstraint(condition=Q(number__regex=r"^(\d{8}|\d{12})$"), name="patent_number_form"),
            models.CheckConstraint(
                condition=Q(number__isnull=True, check_digit="")
                | Q(number__isnull=False, check_digit__regex=r"^[0-9X]$"),
                name="patent_check_digit_form",
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=False) | Q(publication_number__isnull=False), name="patent_has_a_number"
            ),
            models.CheckConstraint(
                condition=Q(maturity__isnull=True) | Q(maturity__range=(1, 9)), name="patent_maturity_range"
            ),
            models.CheckConstraint(
                condition=Q(price_amount__isnull=True) | Q(price_amount__gte=0), name="patent_price_not_negative"
            ),
        ]
        indexes = [
            GinIndex(fields=["search_tokens"], name="patent_search_tokens"),
            models.Index(fields=["holder", "-id"], name="patent_holder"),
            models.Index(fields=["city_code", "-id"], name="patent_city"),
            models.Index(OpClass(Upper("main_class"), "varchar_pattern_ops"), name="patent_main_class"),
        ]

    def __str__(self) -> str:
        return f"{self.display_number} {self.title}"

    @property
    def address(self) -> str:
        """What names the patent in a page's address: the application number, else CN and the publication number."""
        return self.number or f"CN{self.publication_number}"

    @property
    def display_number(self) -> str:
        """The number as people write it, e.g. 201710601862.3; no ZL prefix, which needs a grant."""
        if self.number is None:
            return f"CN{self.publication_number}{self.publication_kind}"
        return f"{self.number}.{self.check_digit}"
