"""Operation funds (plan, item 18): who pays in, what is invested in, what comes back; and meetings with banks."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Case, DecimalField, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from finance.enums import FUND_IN, ExitWay, FundEntryKind, InvestmentState
from finance.models.columns import YUAN
from patents.models import Patent
from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.models import Organisation
from portal.history import tracked
from portal.regions import CITIES

if TYPE_CHECKING:
    from typing import Self

_MONEY = DecimalField(**YUAN)


def _sum(field: str, *kinds: FundEntryKind) -> Coalesce:
    rows = FundEntry.objects.filter(**{field: OuterRef("pk")}, kind__in=sorted(kinds)).order_by().values(field)
    total = rows.annotate(total=Sum("amount")).values("total")
    return Coalesce(Subquery(total, output_field=_MONEY), Value(Decimal("0.00"), output_field=_MONEY))


class OfficialQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> "Self":
        """Officials only."""
        return self if user.is_authenticated and user.role in OFFICIALS else self.none()


class FundQuerySet(OfficialQuerySet):
    def with_money(self) -> "Self":
        """Each with `contributed`, `invested`, `returned` and `balance` in yuan."""
        signed = Case(When(kind__in=sorted(FUND_IN), then=F("amount")), default=-F("amount"), output_field=_MONEY)
        rows = FundEntry.objects.filter(fund=OuterRef("pk")).order_by().values("fund").annotate(total=Sum(signed))
        nothing = Value(Decimal("0.00"), output_field=_MONEY)
        return self.annotate(
            contributed=_sum("fund", FundEntryKind.CONTRIBUTION),
            invested=_sum("fund", FundEntryKind.INVESTMENT),
            returned=_sum("fund", FundEntryKind.INCOME, FundEntryKind.EXIT),
            balance=Coalesce(Subquery(rows.values("total"), output_field=_MONEY), nothing),
        )


@tracked()
class OperationFund(models.Model):
    """A fund that buys or backs patents and the firms that use them."""

    contributed: Decimal  # these four are filled by `with_money`
    invested: Decimal
    returned: Decimal
    balance: Decimal

    name = models.CharField("基金名称", max_length=100, unique=True)
    manager = models.CharField("管理机构", max_length=200)
    target_amount = models.DecimalField("目标规模（元）", **YUAN)
    founded_on = models.DateField("设立日")
    ends_on = models.DateField("存续期至", null=True, blank=True)
    purpose = models.CharField("投资方向", max_length=500)

    objects = FundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专利运营基金"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(target_amount__gt=0), name="fund_target_positive"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("founded_on")), name="fund_period"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class InvestmentQuerySet(OfficialQuerySet):
    def with_money(self) -> "Self":
        """Each with `paid` and `returned` in yuan."""
        return self.annotate(
            paid=_sum("investment", FundEntryKind.INVESTMENT),
            returned=_sum("investment", FundEntryKind.INCOME, FundEntryKind.EXIT),
        )


@tracked()
class FundInvestment(models.Model):
    """What a fund put money into: a patent or a firm, one of the two."""

    paid: Decimal  # these two are filled by `with_money`
    returned: Decimal

    fund = models.ForeignKey(OperationFund, on_delete=models.PROTECT, related_name="investments", verbose_name="基金")
    patent = models.ForeignKey(
        Patent, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="专利"
    )
    firm = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="企业"
    )
    invested_on = models.DateField("投资日")
    share = models.DecimalField("持股或者权属比例", max_digits=7, decimal_places=6, null=True, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    state = models.CharField("状态", max_length=10, choices=InvestmentState, default=InvestmentState.HELD)
    exited_on = models.DateField("退出日", null=True, blank=True)
    exit_way = models.CharField("退出方式", max_length=15, choices=ExitWay, blank=True)

    objects = InvestmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "基金投资"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(patent__isnull=False, firm__isnull=True) | Q(patent__isnull=True, firm__isnull=False),
                name="investment_in_patent_or_firm",
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gt=0, share__lte=1), name="investment_share_fraction"
            ),
            models.CheckConstraint(
                condition=Q(state=InvestmentState.HELD, exited_on__isnull=True, exit_way="")
                | (Q(state=InvestmentState.EXITED, exited_on__gte=F("invested_on")) & ~Q(exit_way="")),
                name="investment_exit_has_day_and_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.patent or self.firm}"


class FundEntry(models.Model):
    """A movement of a fund's money; only ever added."""

    fund = models.ForeignKey(OperationFund, on_delete=models.PROTECT, related_name="entries", verbose_name="基金")
    kind = models.CharField("事项", max_length=15, choices=FundEntryKind)
    amount = models.DecimalField("金额（元）", **YUAN)
    on = models.DateField("日期")
    party = models.CharField("对方", max_length=200, blank=True)
    investment = models.ForeignKey(
        FundInvestment, on_delete=models.PROTECT, null=True, blank=True, related_name="entries", verbose_name="投资"
    )
    number = models.CharField("凭证号", max_length=60)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "基金流水"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="fund_entry_positive"),
            models.UniqueConstraint(fields=["fund", "number"], name="fund_entry_once"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.get_kind_display()} {self.amount}"


class BankMeetingQuerySet(models.QuerySet["BankMeeting"]):
    def visible_to(self, user: Any) -> "Self":
        """Province and finance department all, a city its own."""
        if not user.is_authenticated:
            return self.none()
        if user.role in (Role.PROVINCE, Role.FINANCE):
            return self
        return self.filter(city_code=user.city_code) if user.role == Role.CITY else self.none()


class BankMeeting(models.Model):
    """A meeting of institutions and firms, as an official recorded it; the record stands."""

    title = models.CharField("名称", max_length=100)
    on = models.DateField("日期")
    city_code = models.CharField("所在市", max_length=6, choices=list(CITIES.items()))
    place = models.CharField("地点", max_length=200)
    institutions = models.ManyToManyField(Organisation, related_name="+", verbose_name="参会机构")
    firms = models.ManyToManyField(Organisation, related_name="+", verbose_name="参会企业")
    intent_count = models.PositiveIntegerField("达成意向（项）", default=0)
    intent_amount = models.DecimalField("意向金额（元）", default=0, **YUAN)
    summary = models.TextField("会议纪要", max_length=4000)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = BankMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "银企对接会"
        ordering = ("-on", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(intent_amount__gte=0), name="bank_meeting_amount"),
            models.CheckConstraint(
                condition=Q(intent_count__gt=0) | Q(intent_amount=0), name="bank_meeting_amount_has_intents"
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.on} {self.title}"
