"""Which certificate each institution's programs must show."""

from typing import Any, ClassVar

from django.http import HttpRequest

from portal.accounts.enums import LENDER_KINDS, Role
from portal.accounts.models import Organisation
from portal.api.models import ClientBinding
from portal.api.services import bind_certificate
from portal.ui.admin import admin
from portal.ui.recording import RecordingAdmin, RecordingForm


class BindingForm(RecordingForm):
    """A certificate's subject, as the proxy writes it."""

    class Meta:
        model = ClientBinding
        fields = ("organisation", "subject", "is_active")

    def write(self) -> ClientBinding:
        """Bind it."""
        return bind_certificate(by=self.by, **self.cleaned_data)


@admin.register(ClientBinding)
class ClientBindingAdmin(RecordingAdmin):
    """A new binding replaces the institution's earlier one."""

    form = BindingForm
    editor_roles = frozenset({Role.PROVINCE})
    list_display = ("organisation", "subject", "is_active", "bound_at")
    list_select_related = ("organisation",)
    fields: ClassVar = ("organisation", "subject", "is_active")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "organisation":
            kwargs["queryset"] = Organisation.objects.filter(kind__in=LENDER_KINDS)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
