"""All legal events as they came in, the newest first; a wrong one is voided here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from patents.models import LegalEvent, Patent
from patents.services import void_event
from patents.services.legal_voiding import consequence_of
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.errors import ServiceError
from portal.ui.handling import HandlingAdmin, ReasonForm, Step


def _may_void(event: LegalEvent, user: User) -> bool:
    return event.voided_at is None and Patent.objects.editable_by(user).filter(pk=event.patent_id).exists()


def _void(event: LegalEvent, by: User, given: dict[str, Any]) -> object:
    return void_event(event_id=event.pk, by=by, reason=given["note"])


@admin.register(LegalEvent)
class LegalEventAdmin(HandlingAdmin):
    roles = frozenset({Role.PROVINCE, Role.CITY})
    ordering = ("-id",)
    list_display = (
        "on",
        "code_and_name",
        "patent",
        "reference",
        "status_before",
        "status_after",
        "source",
        "recorded_at",
        "is_standing",
    )
    list_filter = ("code", "source", ("voided_at", admin.EmptyFieldListFilter))
    steps = (Step("void", "作废（登记有误）", ReasonForm, _void, _may_void),)
    list_select_related = ("patent",)
    search_fields = ("=patent__number", "=reference")
    search_help_text = "输入完整的申请号（不含校验位），或者登记号"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("patent__abstract", "patent__search_tokens", "patent__first_claim")

    def handling_facts(self, row: LegalEvent) -> SafeString:
        """What the patent will be without the event, or why it cannot be voided."""
        left, against = None, ""
        try:
            left = consequence_of(row, row.patent)
        except ServiceError as refusal:
            against = refusal.message
        context = {"event": row, "patent": row.patent, "left": left, "against": against}
        return render_to_string("patents/admin/voiding.html", context)

    @admin.display(description="有效", boolean=True)
    def is_standing(self, event: LegalEvent) -> bool:
        return event.voided_at is None

    @admin.display(description="事件", ordering="code")
    def code_and_name(self, event: LegalEvent) -> str:
        return f"{event.code} {event.get_code_display()}"
