"""Review of registrations, and the accounts of people."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from portal.accounts import services
from portal.accounts.enums import OFFICIALS, RegistrationState, Role
from portal.accounts.models import Organisation, User
from portal.accounts.workflow import REGISTRATION_FLOW
from portal.codes import has_valid_inner_code, mask_phone
from portal.ui.admin import ReadOnlyAdmin
from portal.ui.history import HistoryMixin
from portal.ui.review import ReviewAdmin

admin.site.unregister(Group)
# Pages of packages that no role may open.
for _label in ("axes", "oauth2_provider", "otp_totp"):
    _models = apps.get_app_config(_label).get_models()
    admin.site.unregister([model for model in _models if admin.site.is_registered(model)])


@admin.register(Organisation)
class OrganisationAdmin(HistoryMixin, ReviewAdmin):
    """Officials review registrations of their city."""

    roles = OFFICIALS
    review_flow = REGISTRATION_FLOW
    approved_state = RegistrationState.APPROVED
    approve_label = "通过"
    give_back_label = "不通过"
    list_display = ("name", "kind", "uscc", "city", "size_class", "state", "created_at")
    list_filter = ("state", "kind", "size_class")
    search_fields = ("name", "=uscc")

    @admin.display(description="所在市", ordering="city_code")
    def city(self, organisation: Organisation) -> str:
        return organisation.city_name

    def approve(self, row: Any, *, by: User, note: str) -> None:
        services.approve_organisation(organisation_id=row.pk, by=by, note=note)

    def give_back(self, row: Any, *, by: User, note: str) -> None:
        services.refuse_organisation(organisation_id=row.pk, by=by, note=note)

    def review_facts(self, row: Any) -> SafeString:
        """The registration, with a warning where the organisation code inside the credit code is odd."""
        is_odd = bool(row.uscc) and not has_valid_inner_code(row.uscc)
        return render_to_string("accounts/admin_facts.html", {"organisation": row, "is_odd": is_odd})


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """Accounts; phone numbers are masked."""

    roles = frozenset({Role.PROVINCE})
    fields = ("username", "full_name", "role", "organisation", "masked_phone", "is_active", "last_login", "date_joined")
    list_display = ("username", "full_name", "role", "organisation", "is_active", "last_login")
    list_filter = ("role", "is_active")
    list_select_related = ("organisation",)
    search_fields = ("=username", "organisation__name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "full_name", "masked_phone"]

    @admin.display(description="姓名")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description="手机")
    def masked_phone(self, user: User) -> str:
        return mask_phone(user.phone) if user.phone else ""
