"""The pool as officials see it: review of projects, and what institutions answered."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from finance import services
from finance.admin.parts import part
from finance.enums import Outcome, ProjectState
from finance.models import Placement, Project
from finance.queries.admission import admission_findings, findings_as_stored, screening_rule
from finance.queries.placements import placements_of
from finance.queries.products import fitting_products
from finance.queries.projects import current_size_class
from finance.queries.screening import as_stored, by_ground, screening_of
from finance.workflow.projects import PROJECT_FLOW
from portal.accounts.enums import OFFICIALS
from portal.accounts.models import User
from portal.accounts.requests import user_of
from portal.errors import Invalid
from portal.ui.admin import ReadOnlyAdmin, admin
from portal.ui.review import ReviewAdmin


@admin.register(Project)
class ProjectAdmin(ReviewAdmin):
    roles = OFFICIALS
    review_flow = PROJECT_FLOW
    approved_state = ProjectState.ADMITTED
    approve_label = "同意入库并推送"
    list_display = ("ref", "organisation", "amount", "term_months", "shown_state", "submitted_at", "admitted_at")
    list_filter = ("state",)
    list_select_related = ("organisation",)
    search_fields = ("=ref", "organisation__name", "=organisation__uscc")
    actions = ("admit_selected", "push_selected")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "ref",
                    "state",
                    "organisation",
                    "city_code",
                    "amount",
                    "term_months",
                    "purpose",
                    "rights_named",
                )
            },
        ),
        ("企业与共享同意", {"fields": ("firm_facts", "consented_at", "recipients_named")}),
        ("入库筛选条件", {"fields": ("admission_table",)}),
        ("质押登记不予登记情形预检", {"fields": ("screening_table",)}),
        ("产品与推送", {"fields": ("products_table", "placements_table")}),
        ("审核", {"fields": ("review_note", "submitted_at", "admitted_at", "version")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Everything is read-only: services write."""
        tables = (
            "firm_facts", "rights_named", "recipients_named", "admission_table", "screening_table", "products_table",
            "placements_table",
        )  # fmt: skip
        return [*super().get_readonly_fields(request, obj), *tables]

    @display(
        description="状态",
        ordering="state",
        label={ProjectState.SUBMITTED.label: "warning", ProjectState.LENT.label: "success"},
    )
    def shown_state(self, project: Project) -> str:
        return project.get_state_display()

    @display(description="企业数据")
    def firm_facts(self, project: Project) -> SafeString:
        try:
            size = current_size_class(project.organisation).label
        except Invalid as refusal:
            size = refusal.message
        return part("firm", firm=project.organisation, size=size)

    @display(description="同意共享的机构")
    def recipients_named(self, project: Project) -> str:
        return "、".join(project.recipients.order_by("id").values_list("name", flat=True)) or "尚未同意共享"

    @display(description="其他知识产权")
    def rights_named(self, project: Project) -> str:
        return "；".join(str(one) for one in project.rights.all()) or "无"

    @display(description="逐项条件（未经确认的平台参数）")
    def admission_table(self, project: Project) -> SafeString:
        if project.admission:
            return part("admission", rows=project.admission, rule=project.admission_rule)
        rule = screening_rule()
        return part("admission", rows=findings_as_stored(admission_findings(project, rule)), rule=rule)

    @display(description="逐项结果")
    def screening_table(self, project: Project) -> SafeString:
        stored = project.screening or as_stored(screening_of(project))
        return part("screening", rows=by_ground(stored), outcomes=dict(Outcome.choices))

    @display(description="产品匹配")
    def products_table(self, project: Project) -> SafeString:
        try:
            fitting, others = fitting_products(project, current_size_class(project.organisation))
        except Invalid as refusal:
            return part("products", refusal=refusal.message)
        return part("products", fitting=fitting, others=others)

    @display(description="推送与答复")
    def placements_table(self, project: Project) -> SafeString:
        return part("placements", placements=placements_of(project))

    def approve(self, row: Project, *, by: User, note: str) -> None:
        """Admit the project."""
        services.admit_project(project_id=row.pk, by=by, note=note)

    def give_back(self, row: Project, *, by: User, note: str) -> None:
        """Return the project to the firm."""
        services.return_project(project_id=row.pk, by=by, note=note)

    def review_facts(self, row: Project) -> SafeString:
        """Show the firm, the grounds against registration and the products that would be pushed to."""
        return part(
            "facts",
            project=row,
            firm=self.firm_facts(row),
            admission=self.admission_table(row),
            visits=row.organisation.visits.order_by("-on", "-id")[:5],
            screening=self.screening_table(row),
            products=self.products_table(row),
        )

    @admin.action(description="同意入库并推送")
    def admit_selected(self, request: HttpRequest, rows: QuerySet[Project]) -> None:
        """Admit each selected project."""
        self.run_for_each(
            request, rows, lambda row: services.admit_project(project_id=row.pk, by=user_of(request)), "已入库"
        )

    @admin.action(description="推送给新增的合适机构")
    def push_selected(self, request: HttpRequest, rows: QuerySet[Project]) -> None:
        """Push each selected project to institutions that fit by now."""
        self.run_for_each(
            request, rows, lambda row: services.push_project(project_id=row.pk, by=user_of(request)), "已推送"
        )


@admin.register(Placement)
class PlacementAdmin(ReadOnlyAdmin):
    roles = OFFICIALS
    list_display = ("project", "institution", "product", "state", "pushed_at", "answered_at")
    list_filter = ("state",)
    list_select_related = ("project__organisation", "institution", "product__institution")
    search_fields = ("=project__ref",)
