"""People and organisations."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q

from portal import regions
from portal.accounts.enums import OFFICIALS, OrganisationKind, RegistrationState, Role, SizeClass
from portal.history import tracked

if TYPE_CHECKING:
    from typing import Self


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: Any) -> "Self":
        """Province and finance see all, a city its own organisations, everybody else only their own."""
        if not user.is_authenticated:
            return self.none()
        if user.role in (Role.PROVINCE, Role.FINANCE):
            return self
        if user.role == Role.CITY:
            return self.filter(city_code=user.city_code)
        return self.filter(pk=user.organisation_id)


@tracked()
class Organisation(models.Model):
    """A legal body: authority, holder of patents, firm or lender."""

    kind = models.CharField("类型", max_length=20, choices=OrganisationKind)
    name = models.CharField("名称", max_length=200)
    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True, null=True, blank=True)
    city_code = models.CharField("所在市代码", max_length=6, db_index=True)
    address = models.CharField("地址", max_length=300, blank=True)
    state = models.CharField(
        "注册状态", max_length=10, choices=RegistrationState, default=RegistrationState.PENDING, db_index=True
    )
    is_independent_legal_person = models.BooleanField("独立法人", default=True)
    industry_code = models.CharField("国民经济行业代码", max_length=5, blank=True)
    employee_count = models.PositiveIntegerField("从业人员（人）", null=True, blank=True)
    revenue_amount = models.DecimalField("营业收入（元）", max_digits=18, decimal_places=2, null=True, blank=True)
    assets_amount = models.DecimalField("资产总额（元）", max_digits=18, decimal_places=2, null=True, blank=True)
    size_class = models.CharField("企业规模", max_length=6, choices=SizeClass, blank=True)
    contact_name = models.CharField("联系人", max_length=50, blank=True)
    contact_phone = models.CharField("联系电话", max_length=30, blank=True)
    review_note = models.CharField("审核意见", max_length=500, blank=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(city_code__regex=r"^37\d{4}$"), name="organisation_city_in_shandong"),
            models.CheckConstraint(
                condition=Q(uscc__isnull=True) | Q(uscc__regex=r"^[0-9A-HJ-NP-RTUWXY]{18}$"),
                name="organisation_uscc_form",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def city_name(self) -> str:
        return regions.name_of(self.city_code)


class PortalUserManager(UserManager["User"]):
    """Creates users; a superuser is an official of the province."""

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra: Any
    ) -> "User":
        extra.setdefault("role", Role.PROVINCE)
        return super().create_superuser(username, email, password, **extra)


class User(AbstractUser):
    """A person, or the machine account of a bank, with one role in one organisation."""

    role = models.CharField("角色", max_length=10, choices=Role)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="users", verbose_name="单位"
    )
    phone = models.CharField("手机", max_length=30, blank=True)

    objects: ClassVar[PortalUserManager] = PortalUserManager()

    class Meta:
        verbose_name = verbose_name_plural = "用户"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(role=Role.PROVINCE) | Q(organisation__isnull=False), name="user_has_organisation"
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def is_official(self) -> bool:
        return self.role in OFFICIALS

    @property
    def city_code(self) -> str:
        """The city an official of a city, or a firm, belongs to; empty for a user without organisation."""
        return self.organisation.city_code if self.organisation else ""

    def get_full_name(self) -> str:
        """Surname first, without a space, as Chinese names are written."""
        return f"{self.last_name}{self.first_name}".strip()
