"""Training as officials see it: the province keeps the register of bases and takes certificates back."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from events.enums.training import BaseState, CertificateState
from events.forms.training import BaseForm
from events.models import Certificate, Course, TrainingBase, TrainingSession
from events.services.training import bases, certificates
from events.workflow.training import BASE_FLOW, CERTIFICATE_FLOW
from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.requests import user_of
from portal.ui.admin import ReadOnlyAdmin
from portal.ui.handling import DayInput, HandlingAdmin, ReasonForm, Step
from portal.ui.history import HistoryMixin


class ProlongForm(forms.Form):
    """How long a recognition runs on, and on what ground."""

    valid_until = forms.DateField(label="新的有效期至", widget=DayInput())
    note = forms.CharField(label="依据（文号）", max_length=500)


def _may_prolong(row: Any, user: Any) -> bool:
    return bool(row.state == BaseState.RECOGNISED and user.role == Role.PROVINCE)


@admin.register(TrainingBase)
class TrainingBaseAdmin(HistoryMixin, HandlingAdmin):
    roles = OFFICIALS
    editor_roles = frozenset({Role.PROVINCE})
    form = BaseForm
    list_display = ("ref", "name", "organisation", "city_code", "field", "recognised_on", "valid_until", "state")
    list_filter = ("state", "field", "city_code")
    list_select_related = ("organisation",)
    search_fields = ("=ref", "name", "organisation__name")
    autocomplete_fields = ("organisation",)
    fields = BaseForm.Meta.fields
    steps = (
        Step(
            "prolong", "延续有效期", ProlongForm,
            lambda row, by, data: bases.prolong_base(base_id=row.pk, by=by, **data), _may_prolong,
        ),
        Step(
            "revoke", "撤销认定", ReasonForm,
            lambda row, by, data: bases.revoke_base(base_id=row.pk, by=by, **data),
            lambda row, user: BaseState.REVOKED in BASE_FLOW.next_states(row.state, actor=user),
        ),
    )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The service writes what the form carries."""
        return []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state == BaseState.RECOGNISED)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Let the service write."""
        saved = bases.recognise_base(by=user_of(request), facts=form.facts(), base_id=obj.pk if change else None)
        obj.pk, obj.ref = saved.pk, saved.ref

    def handling_facts(self, row: Any) -> SafeString:
        """Show the entry."""
        return render_to_string("events/admin/base.html", {"base": row})


@admin.register(Course)
class CourseAdmin(HistoryMixin, ReadOnlyAdmin):
    roles = OFFICIALS
    list_display = ("ref", "title", "base", "field", "audience", "hours", "state")
    list_filter = ("state", "field", "audience")
    list_select_related = ("base",)
    search_fields = ("=ref", "title", "base__name")


@admin.register(TrainingSession)
class TrainingSessionAdmin(HistoryMixin, ReadOnlyAdmin):
    roles = OFFICIALS
    list_display = ("ref", "course", "teacher", "starts_at", "place", "capacity", "state")
    list_filter = ("state",)
    list_select_related = ("course", "teacher")
    search_fields = ("=ref", "course__title", "place")


@admin.register(Certificate)
class CertificateAdmin(HistoryMixin, HandlingAdmin):
    """Names of people: for the province alone."""

    roles = frozenset({Role.PROVINCE})
    list_display = (
        "number",
        "person_name",
        "organisation_name",
        "course_title",
        "hours",
        "score",
        "issued_on",
        "state",
    )
    list_filter = ("state", "issued_on")
    search_fields = ("=number", "person_name", "organisation_name")
    steps = (
        Step(
            "revoke", "撤销证书", ReasonForm,
            lambda row, by, data: certificates.revoke_certificate(certificate_id=row.pk, by=by, **data),
            lambda row, user: CertificateState.REVOKED in CERTIFICATE_FLOW.next_states(row.state, actor=user),
        ),
    )  # fmt: skip

    def handling_facts(self, row: Any) -> SafeString:
        """Show what was certified."""
        return render_to_string("events/admin/certificate.html", {"certificate": row})
