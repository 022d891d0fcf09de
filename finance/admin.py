"""The pool as officials see it: review of projects, products, and what institutions answered."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.decorators import display

from finance import queries, services
from finance.enums import Outcome, ProjectState
from finance.models import Loan, Placement, Product, Project
from finance.workflow import PROJECT_FLOW
from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.models import User
from portal.accounts.requests import user_of
from portal.errors import Invalid
from portal.ui.admin import PortalAdmin, ReadOnlyAdmin, admin
from portal.ui.review import ReviewAdmin


@admin.register(Product)
class ProductAdmin(PortalAdmin):
    roles = OFFICIALS
    editor_roles = frozenset({Role.PROVINCE})
    list_display = ("name", "institution", "min_amount", "max_amount", "max_term_months", "annual_rate", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("institution",)
    search_fields = ("name",)
    autocomplete_fields = ("institution",)


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
        (None, {"fields": ("ref", "state", "organisation", "city_code", "amount", "term_months", "purpose")}),
        ("企业与共享同意", {"fields": ("firm_facts", "consented_at", "recipients_named")}),
        ("质押登记不予登记情形预检", {"fields": ("screening_table",)}),
        ("产品与推送", {"fields": ("products_table", "placements_table")}),
        ("审核", {"fields": ("review_note", "submitted_at", "admitted_at", "version")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Everything is read-only: services write."""
        tables = ("firm_facts", "recipients_named", "screening_table", "products_table", "placements_table")
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
            size = queries.current_size_class(project.organisation).label
        except Invalid as refusal:
            size = refusal.message
        return _part("firm", firm=project.organisation, size=size)

    @display(description="同意共享的机构")
    def recipients_named(self, project: Project) -> str:
        return "、".join(project.recipients.order_by("id").values_list("name", flat=True)) or "尚未同意共享"

    @display(description="逐项结果")
    def screening_table(self, project: Project) -> SafeString:
        stored = project.screening or queries.as_stored(queries.screening_of(project))
        return _part("screening", rows=queries.by_ground(stored), outcomes=dict(Outcome.choices))

    @display(description="产品匹配")
    def products_table(self, project: Project) -> SafeString:
        try:
            fitting, others = queries.fitting_products(project, queries.current_size_class(project.organisation))
        except Invalid as refusal:
            return _part("products", refusal=refusal.message)
        return _part("products", fitting=fitting, others=others)

    @display(description="推送与答复")
    def placements_table(self, project: Project) -> SafeString:
        return _part("placements", placements=queries.placements_of(project))

    def approve(self, row: Project, *, by: User, note: str) -> None:
        """Admit the project."""
        services.admit_project(project_id=row.pk, by=by, note=note)

    def give_back(self, row: Project, *, by: User, note: str) -> None:
        """Return the project to the firm."""
        services.return_project(project_id=row.pk, by=by, note=note)

    def review_facts(self, row: Project) -> SafeString:
        """Show the firm, the grounds against registration and the products that would be pushed to."""
        return _part(
            "facts",
            project=row,
            firm=self.firm_facts(row),
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


@admin.register(Loan)
class LoanAdmin(ReadOnlyAdmin):
    roles = OFFICIALS
    list_display = (
        "bank_ref",
        "project_ref",
        "institution",
        "principal",
        "annual_rate",
        "drawn_on",
        "due_on",
        "repaid_on",
    )
    list_filter = ("drawn_on",)
    list_select_related = ("placement__project", "placement__institution")
    search_fields = ("=bank_ref", "=placement__project__ref")

    @display(description="项目编号")
    def project_ref(self, loan: Loan) -> str:
        return loan.placement.project.ref

    @display(description="金融机构")
    def institution(self, loan: Loan) -> str:
        return loan.placement.institution.name


def _part(name: str, **context: Any) -> SafeString:
    return render_to_string(f"finance/admin/{name}.html", context)
