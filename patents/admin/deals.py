"""Deals in the admin: officials look, the two sides write."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.decorators import display

from patents.enums.deals import OPEN_STATES, DealClock, DealState, Side
from patents.models import ContractSupplement, Deal, DealParty, DealReminder, MoneyReceived, PricePublicity
from patents.queries.deal_clocks import shown_clocks
from patents.queries.deals import contract_of, money_rows, parties_of, received_total
from portal import regions
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.money import exact
from portal.ui.admin import ReadOnlyAdmin

VIEWERS = frozenset({Role.PROVINCE, Role.CITY})


class CityFilter(admin.SimpleListFilter):
    """Deals with a party of one side in a city."""

    side: Side

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(regions.CITIES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Deal]) -> QuerySet[Deal]:
        if not self.value():
            return queryset
        there = DealParty.objects.filter(side=self.side, city_code=self.value())
        return queryset.filter(pk__in=there.values("deal"))


class ReminderFilter(admin.SimpleListFilter):
    """Deals that still run and that were chased for something."""

    title = "催办事项"
    parameter_name = "chased"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(DealClock.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Deal]) -> QuerySet[Deal]:
        if not self.value():
            return queryset
        chased = DealReminder.objects.filter(deal=OuterRef("pk"), clock=self.value())
        return queryset.filter(Exists(chased), state__in=OPEN_STATES)


class GiverCityFilter(CityFilter):
    title = "转让（许可、出资）方所在市"
    parameter_name = "giver_city"
    side = Side.GIVER


class ReceiverCityFilter(CityFilter):
    title = "受让（被许可）方所在市"
    parameter_name = "receiver_city"
    side = Side.RECEIVER


def _lead(side: Side) -> Subquery:
    return Subquery(DealParty.objects.filter(deal=OuterRef("pk"), side=side, is_lead=True).values("name")[:1])


@admin.register(Deal)
class DealAdmin(ReadOnlyAdmin):
    roles = VIEWERS
    list_display = (
        "ref", "kind", "giver_name", "receiver_name", "shown_state", "signed_on", "value", "received", "opened_on",
    )  # fmt: skip
    list_filter = (
        "state", "kind", ReminderFilter, "end_reason", "origin", "contract__is_related_party", GiverCityFilter, ReceiverCityFilter,
        "contract__signed_on", "recorded_on",
    )  # fmt: skip
    list_select_related = ("contract",)
    search_fields = ("=ref", "=contract__number", "=contract__technical_contract_number", "parties__name")
    search_help_text = "交易编号、合同编号、技术合同登记编号，或当事人名称"
    fieldsets = (
        (None, {"fields": ("ref", "kind", "state", "origin", "origin_ref", "opened_on", "answer_by", "answered_on")}),
        ("双方、专利与合同", {"fields": ("facts",)}),
        ("登记备案", {"fields": ("record_number", "recorded_on", "effective_on", "record_by")}),
        ("结果", {"fields": ("closed_on", "end_reason", "end_note")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Deal]:
        money = MoneyReceived.objects.filter(deal=OuterRef("pk")).order_by().values("deal")
        rows: QuerySet[Deal] = super().get_queryset(request)
        return rows.annotate(
            giver_name=_lead(Side.GIVER),
            receiver_name=_lead(Side.RECEIVER),
            received_sum=Subquery(money.annotate(total=Sum("amount")).values("total")),
        )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "facts"]

    @display(description="转让（许可）方")
    def giver_name(self, deal: Any) -> str:
        return str(deal.giver_name)

    @display(description="受让（被许可）方")
    def receiver_name(self, deal: Any) -> str:
        return str(deal.receiver_name)

    @display(
        description="状态",
        ordering="state",
        label={DealState.ENQUIRY.label: "warning", DealState.CLOSED.label: "success", DealState.ENDED.label: "danger"},
    )
    def shown_state(self, deal: Deal) -> str:
        return deal.get_state_display()

    @display(description="签订日期", ordering="contract__signed_on")
    def signed_on(self, deal: Deal) -> Any:
        return deal.contract.signed_on if hasattr(deal, "contract") else None

    @display(description="合同金额（元）", ordering="contract__value_amount")
    def value(self, deal: Deal) -> str:
        if not hasattr(deal, "contract"):
            return "—"
        amount = deal.contract.value_amount
        return "提成" if amount is None else exact(amount)

    @display(description="到账（元）", ordering="received_sum")
    def received(self, deal: Any) -> str:
        return exact(deal.received_sum) if deal.received_sum is not None else "—"

    @display(description="详情")
    def facts(self, deal: Deal) -> SafeString:
        context = {
            "deal": deal,
            "givers": parties_of(deal, Side.GIVER),
            "receivers": parties_of(deal, Side.RECEIVER),
            "patents": deal.patents.order_by("pk").defer("abstract", "search_tokens"),
            "contract": contract_of(deal),
            "money": money_rows(deal),
            "received": received_total(deal),
            "supplements": ContractSupplement.objects.filter(contract__deal=deal).order_by("id"),
            "clocks": shown_clocks(deal),
            "reminders": deal.reminders.order_by("-id")[:20],
        }
        return render_to_string("patents/admin/deal.html", context)


@admin.register(PricePublicity)
class PricePublicityAdmin(ReadOnlyAdmin):
    roles = VIEWERS
    list_display = ("result_name", "deal", "price_amount", "starts_on", "ends_on", "withdrawn_at")
    list_filter = ("starts_on",)
    list_select_related = ("deal",)
    search_fields = ("=deal__ref", "result_name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PricePublicity]:
        rows: QuerySet[PricePublicity] = super().get_queryset(request)
        return rows.filter(deal__in=Deal.objects.visible_to(user_of(request)))
