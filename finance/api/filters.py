"""Filters of the banks' lists."""

from django_filters import rest_framework as filters
from rest_framework.exceptions import ValidationError

from finance.enums import LoanState, PlacementState, Severity
from finance.models import CoverAlert, Loan, Placement, Statement
from portal.api.filters import InstantFilter
from portal.regions import CITIES

NOT_FILTERS = {"cursor", "page_size"}
SINCE = "（ISO 8601，须带时区），例如 2026-03-31T08:00:00+08:00。"


class StrictFilterSet(filters.FilterSet):
    """An unknown parameter is refused: a misspelt filter would return everything."""

    def is_valid(self) -> bool:
        unknown = sorted(set(self.data) - set(self.filters) - NOT_FILTERS)
        if unknown:
            raise ValidationError({name: ["未知的查询参数。"] for name in unknown}, code="unknown_parameter")
        return bool(super().is_valid())


class PlacementFilter(StrictFilterSet):
    state = filters.ChoiceFilter(choices=PlacementState.choices, help_text="该项目在本机构的状态。")
    city_code = filters.ChoiceFilter(
        field_name="project__city_code", choices=list(CITIES.items()), help_text="企业所在市行政区划代码。"
    )
    updated_since = InstantFilter(
        field_name="project__updated_at", lookup_expr="gte", help_text=f"只返回此时间及之后有变化的项目{SINCE}"
    )
    pushed_since = InstantFilter(
        field_name="pushed_at", lookup_expr="gte", help_text=f"只返回此时间及之后推送的项目{SINCE}"
    )

    class Meta:
        model = Placement
        fields: list[str] = []


class LoanFilter(StrictFilterSet):
    state = filters.ChoiceFilter(choices=LoanState.choices, help_text="贷款状态。")
    updated_since = InstantFilter(
        field_name="placement__project__updated_at",
        lookup_expr="gte",
        help_text=f"只返回此时间及之后有变化的贷款{SINCE}",
    )
    due_until = filters.DateFilter(field_name="due_on", lookup_expr="lte", help_text="只返回此日及之前到期的贷款。")

    class Meta:
        model = Loan
        fields: list[str] = []


class AlertFilter(StrictFilterSet):
    severity = filters.ChoiceFilter(choices=Severity.choices, help_text="等级。")
    is_open = filters.BooleanFilter(
        field_name="acknowledged_at", lookup_expr="isnull", help_text="true 只返回尚未确认的，false 只返回已确认的。"
    )
    since = InstantFilter(field_name="at", lookup_expr="gte", help_text=f"只返回此时间及之后的预警{SINCE}")

    class Meta:
        model = CoverAlert
        fields: list[str] = []


class StatementFilter(StrictFilterSet):
    day_from = filters.DateFilter(field_name="day", lookup_expr="gte", help_text="只返回此日及之后的对账单。")

    class Meta:
        model = Statement
        fields: list[str] = []
