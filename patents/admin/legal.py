"""All legal events as they came in, the newest first."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from patents.models import LegalEvent
from portal.accounts.enums import Role
from portal.ui.admin import ReadOnlyAdmin


@admin.register(LegalEvent)
class LegalEventAdmin(ReadOnlyAdmin):
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
    )
    list_filter = ("code", "source")
    list_select_related = ("patent",)
    search_fields = ("=patent__number", "=reference")
    search_help_text = "输入完整的申请号（不含校验位），或者登记号"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("patent__abstract", "patent__search_tokens", "patent__first_claim")

    @admin.display(description="事件", ordering="code")
    def code_and_name(self, event: LegalEvent) -> str:
        return f"{event.code} {event.get_code_display()}"
