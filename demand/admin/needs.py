"""Needs as officials see them: the review queue, imported needs, and what was matched."""

from typing import Any

from django import forms
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.decorators import action, display

from demand import services
from demand.enums import DemandState, MatchState, Outcome
from demand.exports import public_workbook
from demand.forms.needs import OfficialCloseForm
from demand.models import Demand
from demand.policy.disclosure import Reader, hidden_parts
from demand.policy.drafting import Draft, hints_for
from demand.queries import disclosure, drafting
from demand.queries import needs as queries
from demand.workflow.needs import DEMAND_FLOW
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.accounts.requests import user_of
from portal.ui.admin import admin
from portal.ui.downloads import attachment
from portal.ui.handling import HandlingAdmin, Step
from portal.ui.review import ReviewAdmin


class OriginFilter(admin.SimpleListFilter):
    title = "来源"
    parameter_name = "origin"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("firm", "企业填报"), ("sheet", "表格导入")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Demand]) -> QuerySet[Demand]:
        if self.value() is None:
            return queryset
        return queryset.filter(source_import__isnull=self.value() == "firm")


@admin.register(Demand)
class DemandAdmin(ReviewAdmin, HandlingAdmin):
    roles = frozenset({Role.PROVINCE, Role.CITY})
    review_flow = DEMAND_FLOW
    approved_state = DemandState.PUBLISHED
    approve_label = "同意发布并匹配"
    list_display = ("ref", "title", "organisation", "shown_state", "shown_match_state", "match_count", "posted_on")
    list_filter = ("state", "match_state", "is_recheck_due", "sei_code", OriginFilter)
    list_select_related = ("organisation",)
    search_fields = ("=ref", "title", "organisation__name")
    actions = ("publish_selected", "confirm_selected", "close_selected", "export_selected")
    actions_detail = ("review", "handle", "show_analysis")
    # The page of the site is the firm's and the holders'.
    view_on_site = False
    steps = (
        Step(
            "confirm",
            "复核通过发布后的修改",
            forms.Form,
            lambda row, by, _: services.confirm_change(demand_id=row.pk, by=by),
            lambda row, _: row.is_recheck_due,
        ),
        Step(
            "renew",
            "续期",
            forms.Form,
            lambda row, by, _: services.renew_demand(demand_id=row.pk, by=by),
            lambda row, _: row.state in (DemandState.PUBLISHED, DemandState.EXPIRED),
        ),
        Step(
            "close",
            "结束需求并登记结果",
            OfficialCloseForm,
            lambda row, by, data: services.close_demand(demand_id=row.pk, by=by, **data),
            lambda row, by: DemandState.CLOSED in DEMAND_FLOW.next_states(row.state, actor=by),
        ),
    )
    fieldsets = (
        (None, {"fields": ("ref", "state", "organisation", "city_code", "title", "description", "object_text")}),
        ("要求", {"fields": ("figures_list", "target_figures", "constraints_text", "tried_text", "secret_text")}),
        ("行业与合作", {"fields": ("industry_code", "industry_name", "sei_code", "ipc_codes", "cooperation_way")}),
        ("预算与时间", {"fields": ("budget_amount", "wanted_by", "posted_on", "expires_on")}),
        ("公开范围", {"fields": ("hidden_list",)}),
        ("来源", {"fields": ("source_import", "source_row")}),
        ("审核", {"fields": ("review_note", "published_at", "is_recheck_due")}),
        ("匹配", {"fields": ("match_state", "matched_at", "matcher_version", "contacted_at", "matches_table")}),
        ("结果", {"fields": ("outcome", "outcome_patent", "outcome_note", "closed_on")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Everything is read-only: services write."""
        return [*super().get_readonly_fields(request, obj), "matches_table", "figures_list", "hidden_list"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Demand]:
        """Count the matches in the same query as the list."""
        rows: QuerySet[Demand] = super().get_queryset(request).annotate(match_count=Count("matches"))
        return rows

    @display(description="状态", ordering="state", label={DemandState.SUBMITTED.label: "warning"})
    def shown_state(self, demand: Demand) -> str:
        return demand.get_state_display()

    @display(description="匹配", ordering="match_state", label={MatchState.MATCHED.label: "success"})
    def shown_match_state(self, demand: Demand) -> str:
        return demand.get_match_state_display() or "—"

    @display(description="匹配专利（件）", ordering="match_count")
    def match_count(self, demand: Any) -> int:
        return int(demand.match_count)

    @display(description="目标指标（逐项）")
    def figures_list(self, demand: Demand) -> str:
        return "；".join(str(figure) for figure in demand.figures.all()) or "—"

    @display(description="不公开的内容")
    def hidden_list(self, demand: Demand) -> str:
        return "、".join(part.label for part in hidden_parts(demand.disclosure, Reader.OUTSIDE)) or "—"

    def handling_facts(self, row: Any) -> str:
        """Whose need it is and until when it stands."""
        whose = row.organisation.name if row.organisation else "由市收集，没有平台企业"
        return f"{row.get_state_display()}；{whose}；到期日 {row.expires_on or '—'}。"

    def has_analysis_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Officials who see the need: the province, and its city."""
        return self.has_view_permission(request)

    @action(description="领域专利分析", url_path="analysis", permissions=["analysis"])
    def show_analysis(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go to the need's analysis page."""
        row = self.get_object(request, str(object_id))
        if row is None:
            raise Http404
        return redirect("demand:analysis", ref=row.ref)

    @display(description="匹配结果")
    def matches_table(self, demand: Demand) -> SafeString:
        matches = list(demand.matches.select_related("patent__holder").order_by("rank"))
        rows = queries.rows_of(matches, target_figures=disclosure.public_figures(demand))
        return _part("matches", demand=demand, rows=rows)

    def approve(self, row: Demand, *, by: User, note: str) -> None:
        """Publish the need."""
        services.publish_demand(demand_id=row.pk, by=by, note=note)

    def give_back(self, row: Demand, *, by: User, note: str) -> None:
        """Return the need to the firm."""
        services.return_demand(demand_id=row.pk, by=by, note=note)

    def review_facts(self, row: Demand) -> SafeString:
        """Show the need as it would be published."""
        draft = Draft(row.title, row.description, row.object_text, row.target_figures, row.figures.count())
        return _part(
            "facts",
            need=disclosure.view_of(row, Reader.INSIDE),
            outside=[part.label for part in hidden_parts(row.disclosure, Reader.OUTSIDE)],
            hints=hints_for(draft),
            fields=drafting.suggest_fields(disclosure.public_text(row)),
            alike=drafting.alike_for_review(row),
        )

    @admin.action(description="同意发布并匹配")
    def publish_selected(self, request: HttpRequest, rows: QuerySet[Demand]) -> None:
        """Publish each selected need."""
        by = user_of(request)
        self.run_for_each(request, rows, lambda row: services.publish_demand(demand_id=row.pk, by=by), "已发布")

    @admin.action(description="复核通过发布后的修改")
    def confirm_selected(self, request: HttpRequest, rows: QuerySet[Demand]) -> None:
        """Confirm what firms changed after the review."""
        by = user_of(request)
        self.run_for_each(request, rows, lambda row: services.confirm_change(demand_id=row.pk, by=by), "已复核")

    @admin.action(description="结束需求（未解决，不再征集）")
    def close_selected(self, request: HttpRequest, rows: QuerySet[Demand]) -> None:
        """End each selected need as unsolved."""
        by, outcome = user_of(request), Outcome.UNSOLVED
        self.run_for_each(
            request, rows, lambda row: services.close_demand(demand_id=row.pk, by=by, outcome=outcome), "已结束"
        )

    @admin.action(description="导出公开信息（Excel）")
    def export_selected(self, request: HttpRequest, rows: QuerySet[Demand]) -> HttpResponse:
        """Hand out the public parts of the selected needs."""
        needs = rows.select_related("organisation").prefetch_related("figures").order_by("pk")
        return attachment(public_workbook(needs), "需求.xlsx")


def _part(name: str, **context: Any) -> SafeString:
    return render_to_string(f"demand/admin/{name}.html", context)
