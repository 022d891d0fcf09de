"""Filters of the legal events' list."""

import django_filters
from django.db.models import QuerySet

from patents.enums import EventCode
from patents.models import LegalEvent
from patents.numbers import parse_application_number
from portal.errors import Invalid


class LegalEventFilter(django_filters.FilterSet):
    number = django_filters.CharFilter(method="by_number", help_text="申请号。")
    code = django_filters.ChoiceFilter(choices=EventCode.choices, help_text="法律事件代码。")
    on_from = django_filters.DateFilter(field_name="on", lookup_expr="gte", help_text="生效日不早于。")
    on_to = django_filters.DateFilter(field_name="on", lookup_expr="lte", help_text="生效日不晚于。")

    class Meta:
        model = LegalEvent
        fields = ("number", "code", "on_from", "on_to")

    def by_number(self, rows: QuerySet[LegalEvent], _name: str, value: str) -> QuerySet[LegalEvent]:
        try:
            return rows.filter(patent__number=parse_application_number(value).value)
        except Invalid:
            return rows.none()
