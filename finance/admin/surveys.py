"""Visits to firms and facts of their credit, as officials write them down."""

from django.http import HttpRequest

from finance.forms.surveys import CreditFactForm, VisitForm
from finance.models import CreditFact, Visit
from finance.workflow.surveys import EDITORS
from portal.accounts.enums import OFFICIALS
from portal.ui.admin import admin
from portal.ui.recording import RecordingAdmin


@admin.register(Visit)
class VisitAdmin(RecordingAdmin):
    form = VisitForm
    roles = OFFICIALS
    editor_roles = EDITORS
    list_display = ("organisation", "on", "visitors", "advice", "project", "recorded_at")
    list_filter = ("advice",)
    list_select_related = ("organisation", "project__organisation")
    search_fields = ("organisation__name", "=organisation__uscc")
    autocomplete_fields = ("organisation", "project")

    def get_fields(self, request: HttpRequest, obj: Visit | None = None) -> list[str]:
        return [*VisitForm.Meta.fields, *(["recorded_by", "recorded_at"] if obj else [])]


@admin.register(CreditFact)
class CreditFactAdmin(RecordingAdmin):
    form = CreditFactForm
    roles = OFFICIALS
    editor_roles = EDITORS
    list_display = ("organisation", "kind", "outcome", "source", "as_of", "recorded_at")
    list_filter = ("kind", "outcome")
    list_select_related = ("organisation",)
    search_fields = ("organisation__name", "=organisation__uscc")
    autocomplete_fields = ("organisation",)

    def get_fields(self, request: HttpRequest, obj: CreditFact | None = None) -> list[str]:
        return [*CreditFactForm.Meta.fields, *(["recorded_by", "recorded_at"] if obj else [])]
