"""Filters of the banks' project list."""

from django_filters import rest_framework as filters
from rest_framework.exceptions import ValidationError

from finance.enums import PlacementState
from finance.models import Placement

NOT_FILTERS = {"cursor", "page_size"}


class PlacementFilter(filters.FilterSet):
    """An unknown parameter is refused: a misspelt filter would return everything."""

    state = filters.ChoiceFilter(choices=PlacementState.choices, help_text="该项目在本机构的状态。")
    updated_since = filters.IsoDateTimeFilter(
        field_name="project__updated_at",
        lookup_expr="gte",
        help_text="只返回此时间及之后有变化的项目（ISO 8601，须带时区），例如 2026-03-31T08:00:00+08:00。",
    )

    class Meta:
        model = Placement
        fields: list[str] = []

    def is_valid(self) -> bool:
        unknown = sorted(set(self.data) - set(self.filters) - NOT_FILTERS)
        if unknown:
            raise ValidationError({name: ["未知的查询参数。"] for name in unknown}, code="unknown_parameter")
        return bool(super().is_valid())
