"""The pool of patents."""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from patents.columns.models import FORGETS_TAGS, marks_changes
from patents.enums import FeeReduction, LegalStatus, Overlay, PatentKind, TransferWay
from patents.index.models import PATENT_TRIGGERS
from patents.vectors.models import VECTOR_TRIGGERS
from patents.words.models import WORD_TRIGGERS
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.history import tracked
from portal.sheets.models import SheetImport

if TYPE_CHECKING:
    from typing import Self


NAME_SEPARATOR = "；"


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
    further_classes = ArrayField(
        models.CharField(max_length=20), verbose_name="其他分类号", default=list, db_default=[], blank=True
    )
    first_claim = models.TextField("权利要求 1", blank=True, db_default="")
    claim_count = models.PositiveSmallIntegerField("权利要求数", null=True, blank=True)
    applicant_names = models.CharField("申请人", max_length=600, blank=True)
    inventor_names = models.CharField("发明人", max_length=600, blank=True)
    agency_name = models.CharField("代理机构", max_length=200, blank=True, db_default="")
    agent_names = models.CharField("代理人", max_length=200, blank=True, db_default="")
    priority_on = models.DateField("最早优先权日", null=True, blank=True)
    priority_numbers = models.CharField("优先权号", max_length=300, blank=True, db_default="")
    filed_on = models.DateField("申请日", null=True, blank=True)
    published_on = models.DateField("公布日", null=True, blank=True)
    granted_on = models.DateField("授权公告日", null=True, blank=True)
    legal_status = models.CharField("法律状态", max_length=20, choices=LegalStatus, default=LegalStatus.UNKNOWN)
    # What the legal events lay over the status; written with the event that changes it.
    overlays = ArrayField(
        models.CharField(max_length=20, choices=Overlay),
        verbose_name="法律负担",
        default=list,
        db_default=[],
        blank=True,
    )
    fees_paid_through = models.PositiveSmallIntegerField("年费已缴至第几年度", null=True, blank=True)
    fee_reduction = models.CharField(
        "费用减缴",
        max_length=6,
        choices=FeeReduction,
        default=FeeReduction.NONE,
        db_default=FeeReduction.NONE,
    )
    # Nobody asks an invention for its utility models: no index.
    same_day_invention = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="同日申请的发明",
    )
    holder = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="patents", verbose_name="权利人"
    )
    city_code = models.CharField("所在市代码", max_length=6, blank=True)
    # Maturity, way and price are the search's copy of the open listing: services/listing.py writes both.
    maturity = models.PositiveSmallIntegerField("技术成熟度（TRL 1-9）", null=True, blank=True)
    transfer_way = models.CharField("转化方式", max_length=12, choices=TransferWay, blank=True)
    price_amount = models.DecimalField("意向价格（元）", max_digits=16, decimal_places=2, null=True, blank=True)
    source_import = models.ForeignKey(
        SheetImport, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="来源文件"
    )
    source_row = models.PositiveIntegerField("来源行", null=True, blank=True)
    # Field to where its value came from; a field that is not here came with the source file and row above.
    field_sources = models.JSONField("字段来源", default=dict, db_default={}, blank=True)
    search_tokens = SearchVectorField("检索词", editable=False, null=True)
    created_at = models.DateTimeField("入库时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = PatentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专利"
        ordering = ("-id",)
        triggers = [*PATENT_TRIGGERS, *WORD_TRIGGERS, *VECTOR_TRIGGERS, *marks_changes("id"), FORGETS_TAGS]
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
            models.CheckConstraint(
                condition=Q(main_class="")
                | Q(kind=PatentKind.DESIGN, main_class__regex=r"^\d")
                | (~Q(kind=PatentKind.DESIGN) & Q(main_class__regex=r"^\D")),
                name="patent_class_fits_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["holder", "-id"], name="patent_holder"),
            models.Index(fields=["city_code", "-id"], name="patent_city"),
            models.Index(OpClass(Upper("main_class"), "varchar_pattern_ops"), name="patent_main_class"),
            # The admin's filters, each with the list's order.
            models.Index(fields=["kind", "-id"], name="patent_kind"),
            models.Index(fields=["legal_status", "-id"], name="patent_legal_status"),
            models.Index(fields=["transfer_way", "-id"], name="patent_transfer_way", condition=~Q(transfer_way="")),
            GinIndex(fields=["overlays"], name="patent_overlays", condition=~Q(overlays=[])),
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

    @property
    def inventors(self) -> list[str]:
        """The inventors in the order of the register."""
        return split_names(self.inventor_names)

    @property
    def classes(self) -> list[str]:
        """All classes, the main one first: IPC, for a design Locarno."""
        return [self.main_class, *self.further_classes] if self.main_class else list(self.further_classes)


def split_names(names: str) -> list[str]:
    """The names in a list as the pool keeps it."""
    return [name for name in (part.strip() for part in names.split(NAME_SEPARATOR)) if name]
