"""Interests, reasons and the list of patents that are too early, as officials see them."""

from typing import Any

from django.http import HttpRequest
from unfold.decorators import display

from demand import services
from demand.enums import AdviserState, InterestState, MaturityState, Side
from demand.forms.interests import AdviserForm, ArrangeForm, RefuseForm
from demand.models import AdviserRequest, Interest, MaturityCase, Refusal
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.ui.admin import ReadOnlyAdmin, admin
from portal.ui.handling import HandlingAdmin, NoteForm, ReasonForm, Step

OFFICIALS = frozenset({Role.PROVINCE, Role.CITY})


def _is_running(interest: Interest, _: User) -> bool:
    return interest.state in (InterestState.OPEN, InterestState.ACCEPTED)


def _is_for_city(interest: Interest, _: User) -> bool:
    """A need that a city collected has no firm to answer."""
    is_open = interest.state == InterestState.OPEN and interest.side == Side.HOLDER
    return is_open and interest.demand.organisation_id is None


@admin.register(Interest)
class InterestAdmin(HandlingAdmin):
    roles = OFFICIALS
    list_display = ("demand", "patent", "holder", "side", "shown_state", "adviser_name", "made_at")
    list_filter = ("state", "side")
    list_select_related = ("demand", "patent", "holder")
    search_fields = ("=demand__ref", "demand__title")
    steps = (
        Step(
            "adviser",
            "指派对接顾问",
            AdviserForm,
            lambda row, by, data: services.assign_adviser(interest_id=row.pk, by=by, **data),
            _is_running,
        ),
        Step(
            "accept",
            "代收集的需求同意洽谈",
            NoteForm,
            lambda row, by, data: services.accept_interest(interest_id=row.pk, by=by, message=data["note"]),
            _is_for_city,
        ),
        Step(
            "refuse",
            "代收集的需求答复不合适",
            RefuseForm,
            lambda row, by, data: services.refuse_interest(interest_id=row.pk, by=by, **data),
            _is_for_city,
        ),
    )

    @display(description="状态", ordering="state", label={InterestState.OPEN.label: "warning"})
    def shown_state(self, interest: Interest) -> str:
        return interest.get_state_display()


@admin.register(AdviserRequest)
class AdviserRequestAdmin(HandlingAdmin):
    roles = OFFICIALS
    list_display = ("demand", "patent", "shown_state", "message", "adviser_name", "made_at", "arranged_at")
    list_filter = ("state",)
    list_select_related = ("demand", "patent")
    search_fields = ("=demand__ref", "demand__title")
    steps = (
        Step(
            "arrange",
            "安排顾问",
            ArrangeForm,
            lambda row, by, data: services.arrange_adviser(request_id=row.pk, by=by, **data),
            lambda row, _: row.state == AdviserState.OPEN,
        ),
    )

    @display(description="状态", ordering="state", label={AdviserState.OPEN.label: "warning"})
    def shown_state(self, asked: AdviserRequest) -> str:
        return asked.get_state_display()

    def handling_facts(self, row: Any) -> str:
        """The need, the patent and what the firm asks for."""
        about = f"，专利 {row.patent}" if row.patent else ""
        return f"需求 {row.demand}{about}。企业希望：{row.message}"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without the long texts."""
        return super().get_queryset(request).defer("patent__abstract", "patent__search_tokens", "demand__description")


@admin.register(Refusal)
class RefusalAdmin(ReadOnlyAdmin):
    roles = frozenset({Role.PROVINCE})
    list_display = ("demand", "patent", "side", "shown_reasons", "note", "made_at")
    list_filter = ("side",)
    list_select_related = ("demand", "patent")

    @display(description="原因")
    def shown_reasons(self, refusal: Refusal) -> str:
        return "、".join(refusal.reason_labels)


@admin.register(MaturityCase)
class MaturityCaseAdmin(HandlingAdmin):
    """Patents are public: every official sees the whole list."""

    roles = OFFICIALS
    list_display = ("patent", "firm_count", "shown_state", "opened_at", "handled_at")
    list_filter = ("state",)
    list_select_related = ("patent",)
    steps = (
        Step(
            "handle",
            "登记处理情况",
            ReasonForm,
            lambda row, by, data: services.handle_maturity(case_id=row.pk, by=by, note=data["note"]),
            lambda row, _: row.state == MaturityState.OPEN,
        ),
    )

    @display(description="状态", ordering="state", label={MaturityState.OPEN.label: "warning"})
    def shown_state(self, case: MaturityCase) -> str:
        return case.get_state_display()

    def handling_facts(self, row: Any) -> str:
        """How many firms found it too early."""
        return f"{row.patent}：{row.firm_count} 家企业认为技术尚不成熟。"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without the long texts."""
        return super().get_queryset(request).defer("patent__abstract", "patent__search_tokens")
