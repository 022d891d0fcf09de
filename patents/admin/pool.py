"""The pool in the admin: the record, its timeline of legal events, and the form that adds one."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from patents.enums import Sorting
from patents.forms.events import EventForm, event_of
from patents.models import Patent, PatentQuerySet
from patents.queries.legal import events_of
from patents.queries.parties import owners_of
from patents.queries.search import PatentSearch, among, find
from patents.queries.sources import sources_of
from patents.services import record_event
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.ui.handling import HandlingAdmin, Step
from portal.ui.history import HistoryMixin

RECORD = ("display_number_column", "publication_number", "kind", "title", "abstract", "first_claim", "claim_count")
DATES = ("filed_on", "published_on", "granted_on", "priority_on", "priority_numbers")


def _may_edit(patent: Patent, user: User) -> bool:
    return Patent.objects.editable_by(user).filter(pk=patent.pk).exists()


def _record_event(patent: Patent, by: User, given: dict[str, Any]) -> object:
    return record_event(patent_id=patent.pk, event=event_of(given), by=by)


@admin.register(Patent)
class PatentAdmin(HistoryMixin, HandlingAdmin):
    """Officials look and record legal events; holders and imports write the rest."""

    roles = frozenset({Role.PROVINCE, Role.CITY})
    list_display = ("display_number_column", "title", "kind", "main_class", "holder", "legal_status", "filed_on")
    list_display_links = ("display_number_column", "title")
    list_filter = ("kind", "legal_status", "transfer_way")
    list_select_related = ("holder",)
    search_fields = ("number",)
    search_help_text = "输入申请号，或名称、摘要中的词"
    steps = (Step("event", "登记法律事件", EventForm, _record_event, _may_edit),)
    fieldsets = (
        (None, {"fields": RECORD}),
        ("分类与日期", {"fields": ("main_class", "further_classes", *DATES)}),
        ("人", {"fields": ("applicant_names", "owners_list", "inventor_names", "holder", "city_code", "agency_name")}),
        ("法律状态", {"fields": ("legal_status", "overlays", "timeline")}),
        ("年费", {"fields": ("fees_paid_through", "fee_reduction")}),
        ("入库（检索用）", {"fields": ("maturity", "transfer_way", "price_amount")}),
        ("来源", {"fields": ("sources_list",)}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Everything is read-only: services write."""
        computed = ("display_number_column", "owners_list", "timeline", "sources_list")
        return [*super().get_readonly_fields(request, obj), *computed]

    def get_queryset(self, request: HttpRequest) -> PatentQuerySet:
        rows: PatentQuerySet = super().get_queryset(request)  # type: ignore[assignment]
        matched = request.resolver_match
        if matched is not None and matched.url_name == "patents_patent_changelist":
            return rows.defer("abstract", "search_tokens", "first_claim")
        return rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search as the public page does; of very many the newest that the list's filters leave."""
        if not search_term.strip():
            return queryset, False
        wanted = PatentSearch(
            words=search_term,
            kind=request.GET.get("kind__exact", ""),
            status=request.GET.get("legal_status__exact", ""),
            way=request.GET.get("transfer_way__exact", ""),
            sorting=Sorting.ENTERED,
        )
        return among(queryset, find(wanted).ids()), False

    def handling_facts(self, row: Any) -> SafeString:
        """The timeline, so that nothing is recorded twice."""
        return self.timeline(row)

    @admin.display(description="申请号", ordering="number")
    def display_number_column(self, patent: Patent) -> str:
        return patent.display_number

    @admin.display(description="专利权人")
    def owners_list(self, patent: Patent) -> str:
        return "、".join(owner.name for owner in owners_of(patent)) or "无登记"

    @admin.display(description="法律事件")
    def timeline(self, patent: Patent) -> SafeString:
        return render_to_string("patents/admin/timeline.html", {"events": events_of(patent)})

    @admin.display(description="各项数据的来源")
    def sources_list(self, patent: Patent) -> SafeString:
        return render_to_string("patents/admin/sources.html", {"sources": sources_of(patent)})
