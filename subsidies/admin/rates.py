"""Reference rates as officials see them."""

from django import forms
from django.db.models import Model
from django.http import HttpRequest

from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.requests import user_of
from portal.ui.admin import PortalAdmin, admin
from subsidies import services
from subsidies.forms.rates import RateForm
from subsidies.models import ReferenceRate


@admin.register(ReferenceRate)
class ReferenceRateAdmin(PortalAdmin):
    """Officials look; the province adds what was newly published; nobody changes what stands."""

    form = RateForm
    roles = OFFICIALS
    editor_roles = frozenset({Role.PROVINCE})
    list_display = ("series", "published_on", "known_until", "rate", "source")
    list_filter = ("series",)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Results rest on each rate: none is changed."""
        return False

    def save_model(self, request: HttpRequest, obj: ReferenceRate, form: forms.ModelForm, change: bool) -> None:
        """Add through the service."""
        services.add_rate(rate=obj, by=user_of(request))
