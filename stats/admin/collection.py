"""Collections as the province builds and checks them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.models import User
from portal.accounts.requests import user_of
from portal.ui.handling import HandlingAdmin, NoteForm, Step
from portal.ui.history import HistoryMixin
from stats.enums.collection import FormState, PeriodState, SheetState
from stats.forms.collection import CodeForm, FieldForm, OpenForm, PeriodForm, ReturnForm, TermsForm
from stats.models.collection import CitySheet, CollectionForm, CollectionPeriod
from stats.queries import collection as queries
from stats.services import collection as services
from stats.workflow.collection import FORM_FLOW, PERIOD_FLOW, SHEET_FLOW


class ConfirmForm(NoteForm):
    """Nothing but the button: what is confirmed stands above it."""

    note = None  # type: ignore[assignment]


def _is_draft(row: CollectionForm, user: User) -> bool:
    return user.role == Role.PROVINCE and row.state == FormState.DRAFT


def _is_published(row: CollectionForm, user: User) -> bool:
    return user.role == Role.PROVINCE and row.state == FormState.PUBLISHED


def _may_sheet(state: str) -> Any:
    def is_open(row: CitySheet, user: User) -> bool:
        return row.period.state == PeriodState.OPEN and state in SHEET_FLOW.next_states(row.state, actor=user)

    return is_open


@admin.register(CollectionForm)
class CollectionFormAdmin(HistoryMixin, HandlingAdmin):
    """The province builds a form figure by figure, publishes it and opens its periods."""

    roles = OFFICIALS
    editor_roles = frozenset({Role.PROVINCE})
    form = TermsForm
    list_display = ("code", "version", "title", "cadence", "field_count", "state", "published_at")
    list_filter = ("state", "cadence")
    search_fields = ("=code", "title")
    steps = (
        Step(
            "add", "增加指标", FieldForm,
            lambda row, by, data: services.add_field(form_id=row.pk, by=by, terms=services.FieldTerms(**data)),
            _is_draft,
        ),
        Step(
            "drop", "删除指标", CodeForm,
            lambda row, by, data: services.drop_field(form_id=row.pk, by=by, **data),
            lambda row, user: _is_draft(row, user) and bool(row.fields),
        ),
        Step(
            "publish", "发布，自下列时期启用", PeriodForm,
            lambda row, by, data: services.publish_form(form_id=row.pk, by=by, **data),
            lambda row, user: FormState.PUBLISHED in FORM_FLOW.next_states(row.state, actor=user) and bool(row.fields),
        ),
        Step(
            "open", "发起采集", OpenForm,
            lambda row, by, data: services.open_period(form_id=row.pk, by=by, **data), _is_published,
        ),
        Step(
            "version", "另立新版本", ConfirmForm,
            lambda row, by, _: services.new_version(form_id=row.pk, by=by), _is_published,
        ),
    )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What the form does not carry is written by services."""
        if obj is None:
            return []
        shown = ["code", "version", "state", "from_year", "from_quarter", "published_at"]
        return shown if obj.state == FormState.DRAFT else [*TermsForm.Meta.fields, *shown]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        shown = ("code", "version", "state", "from_year", "from_quarter", "published_at")
        return [*TermsForm.Meta.fields, *([] if obj is None else shown)]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state == FormState.DRAFT)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Let the service write."""
        saved = services.save_form(by=user_of(request), terms=form.terms(), form_id=obj.pk if change else None)
        obj.pk, obj.code = saved.pk, saved.code

    @display(description="指标数")
    def field_count(self, row: CollectionForm) -> int:
        return len(row.fields)

    def handling_facts(self, row: Any) -> SafeString:
        """Show the figures that are asked for."""
        context = {"form": row, "periods": row.periods.order_by("-year", "-quarter")}
        return render_to_string("stats/collection/admin_form.html", context)


@admin.register(CollectionPeriod)
class CollectionPeriodAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = ("form", "label_shown", "due_on", "sent", "accepted", "state", "closed_at")
    list_filter = ("state", "year")
    list_select_related = ("form",)
    search_fields = ("=code", "form__title")
    steps = (
        Step(
            "close", "结账", ConfirmForm,
            lambda row, by, _: services.close_period(period_id=row.pk, by=by),
            lambda row, user: PeriodState.CLOSED in PERIOD_FLOW.next_states(row.state, actor=user),
        ),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        return queries.periods(user_of(request)).filter(pk__in=super().get_queryset(request).values("pk"))

    @display(description="时期")
    def label_shown(self, row: CollectionPeriod) -> str:
        return row.label

    @display(description="已报送")
    def sent(self, row: Any) -> str:
        return f"{row.sent_count} / {row.sheet_count}"

    @display(description="已审核")
    def accepted(self, row: Any) -> str:
        return f"{row.accepted_count} / {row.sheet_count}"

    def handling_facts(self, row: Any) -> SafeString:
        """Show who has sent what."""
        rows, totals = queries.table_of(row)
        return render_to_string("stats/collection/_table.html", {"rows": rows, "totals": totals, "css": "fact-table"})


@admin.register(CitySheet)
class CitySheetAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    list_display = ("period", "city_code", "state", "due_on", "submitted_at", "chase_count", "page")
    list_filter = ("state", "city_code", "period__year")
    list_select_related = ("period__form",)
    search_fields = ("=period__code", "period__form__title")
    steps = (
        Step(
            "accept", "审核通过", NoteForm,
            lambda row, by, data: services.accept_sheet(sheet_id=row.pk, by=by, **data),
            _may_sheet(SheetState.ACCEPTED),
        ),
        Step(
            "return", "退回修改", ReturnForm,
            lambda row, by, data: services.return_sheet(sheet_id=row.pk, by=by, **data),
            _may_sheet(SheetState.RETURNED),
        ),
    )  # fmt: skip

    @display(description="填报页")
    def page(self, row: CitySheet) -> SafeString:
        return format_html('<a href="{}">打开</a>', row.get_absolute_url())

    def handling_facts(self, row: Any) -> SafeString:
        """Show the figures beside the last period's."""
        context = {"sheet": row, "cells": queries.cells_of(row, queries.values_before(row)), "css": "fact-table"}
        return render_to_string("stats/collection/_cells.html", context)
