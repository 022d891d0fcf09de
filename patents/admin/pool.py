"""The pool in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from patents.models import Patent, PatentQuerySet
from patents.queries.search import PatentSearch, search
from portal.accounts.enums import Role
from portal.ui.admin import ReadOnlyAdmin


@admin.register(Patent)
class PatentAdmin(ReadOnlyAdmin):
    """Officials look; holders and imports write."""

    roles = frozenset({Role.PROVINCE, Role.CITY})
    list_display = ("display_number_column", "title", "kind", "main_class", "holder", "legal_status", "filed_on")
    list_display_links = ("display_number_column", "title")
    list_filter = ("kind", "legal_status", "transfer_way")
    list_select_related = ("holder",)
    search_fields = ("number",)
    search_help_text = "输入申请号，或名称、摘要中的词"

    def get_queryset(self, request: HttpRequest) -> PatentQuerySet:
        rows: PatentQuerySet = super().get_queryset(request).defer("abstract", "search_tokens")  # type: ignore[assignment]
        return rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search as the public page does, by the token index: LIKE would read the whole table."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(pk__in=search(PatentSearch(words=search_term)).order_by().values("pk")), False

    @admin.display(description="申请号", ordering="number")
    def display_number_column(self, patent: Patent) -> str:
        return patent.display_number
