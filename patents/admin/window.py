"""The registration window as officials see it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.decorators import display

from patents.enums.window import CASE_OPEN, Agency, CaseState
from patents.forms.window import HandOverForm, RegisteredForm
from patents.models import WindowCase
from patents.queries import window as queries
from patents.services import window as services
from patents.workflow.window import CASE_FLOW
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.attachments.models import Attachment
from portal.ui.handling import HandlingAdmin, NoteForm, ReasonForm, Step
from portal.ui.history import HistoryMixin


def _handles(case: WindowCase, user: User) -> bool:
    return user.role == Role.PROVINCE or case.agency == user.city_code


def _may(state: str) -> Any:
    return lambda case, user: _handles(case, user) and state in CASE_FLOW.next_states(case.state, actor=user)


class LateFilter(admin.SimpleListFilter):
    """Cases whose clock has run out at the agency."""

    title = "是否超期"
    parameter_name = "late"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "已超期")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "1":
            return queryset
        return queryset.filter(pk__in=queries.late_cases(request.user).order_by().values("pk"))  # type: ignore[arg-type]


@admin.register(WindowCase)
class WindowCaseAdmin(HistoryMixin, HandlingAdmin):
    roles = frozenset({Role.PROVINCE, Role.CITY})
    list_display = ("ref", "kind", "organisation", "agency", "shown_state", "is_green", "due_on", "allowed_days")
    list_filter = ("state", "kind", "agency", LateFilter)
    list_select_related = ("organisation",)
    search_fields = ("=ref", "organisation__name", "=registration_number")
    fieldsets = (
        (None, {"fields": ("ref", "state", "kind", "channel", "agency", "organisation")}),
        (
            "合同",
            {
                "fields": (
                    "counterpart_name",
                    "counterpart_uscc",
                    "contract_on",
                    "licence_kind",
                    "licence_until",
                    "secured_amount",
                    "patents_named",
                )
            },
        ),
        ("材料", {"fields": ("documents_table",)}),
        ("时限", {"fields": ("submitted_at", "allowed_days", "due_on", "clock_told", "green_told", "rule")}),
        ("结果", {"fields": ("note", "handed_over_on", "receipt_number", "registration_number", "registered_on")}),
        ("催办", {"fields": ("chased_on", "chase_count")}),
    )
    steps = (
        Step(
            "accept", "受理", NoteForm,
            lambda case, by, data: services.accept_case(case_id=case.pk, by=by, **data), _may(CaseState.ACCEPTED),
        ),
        Step(
            "correct", "要求补正", ReasonForm,
            lambda case, by, data: services.ask_correction(case_id=case.pk, by=by, **data), _may(CaseState.CORRECTION),
        ),
        Step(
            "hand_over", "转国家知识产权局", HandOverForm,
            lambda case, by, data: services.hand_over(case_id=case.pk, by=by, **data), _may(CaseState.HANDED_OVER),
        ),
        Step(
            "register", "登记结果", RegisteredForm,
            lambda case, by, data: services.register_case(case_id=case.pk, by=by, **data), _may(CaseState.REGISTERED),
        ),
        Step(
            "chase", "催办", ReasonForm,
            lambda case, by, data: services.chase_case(case_id=case.pk, by=by, **data),
            lambda case, user: case.state in CASE_OPEN and user.role in (Role.CITY, Role.PROVINCE),
        ),
        Step(
            "refuse", "不予办理", ReasonForm,
            lambda case, by, data: services.refuse_case(case_id=case.pk, by=by, **data), _may(CaseState.REFUSED),
        ),
    )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Everything is read-only: services write."""
        return [
            *super().get_readonly_fields(request, obj),
            "patents_named",
            "documents_table",
            "clock_told",
            "green_told",
        ]

    @display(
        description="状态",
        ordering="state",
        label={CaseState.SUBMITTED.label: "warning", CaseState.REGISTERED.label: "success"},
    )
    def shown_state(self, case: WindowCase) -> str:
        return case.get_state_display()

    @display(description="绿色通道", boolean=True)
    def is_green(self, case: WindowCase) -> bool:
        return bool(case.green_ground)

    @display(description="绿色通道条件")
    def green_told(self, case: WindowCase) -> str:
        return queries.green_label(case) or "不适用"

    @display(description="专利")
    def patents_named(self, case: WindowCase) -> SafeString:
        return _part("patents", items=case.items.select_related("patent").order_by("id"))

    @display(description="材料清单")
    def documents_table(self, case: WindowCase) -> SafeString:
        return _part("documents", rows=queries.documents_of(case))

    @display(description="已用与剩余工作日")
    def clock_told(self, case: WindowCase) -> str:
        used, left = queries.days_used(case), queries.days_left(case)
        if case.submitted_at and (used is None or case.due_on is None):
            return "节假日安排尚未载入，期限不能计算"
        return f"已用 {used} 个工作日" + ("" if left is None else f"，距应办结日 {left} 个工作日")

    def handling_facts(self, row: WindowCase) -> SafeString:
        """Show the case, its documents and its clock."""
        return _part(
            "facts",
            case=row,
            agency=Agency(row.agency).label,
            patents=self.patents_named(row),
            documents=self.documents_table(row),
            findings=_part("findings", findings=queries.findings_of(row) if row.state in CASE_OPEN else []),
            clock=self.clock_told(row),
            green=self.green_told(row),
            files=Attachment.objects.of(row),
        )


def _part(name: str, **context: Any) -> SafeString:
    return render_to_string(f"patents/window/admin_{name}.html", context)
