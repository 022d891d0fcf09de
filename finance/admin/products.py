"""Institutions' products."""

from finance.models import Product
from portal.accounts.enums import OFFICIALS, Role
from portal.ui.admin import PortalAdmin, admin


@admin.register(Product)
class ProductAdmin(PortalAdmin):
    roles = OFFICIALS
    editor_roles = frozenset({Role.PROVINCE})
    list_display = ("name", "institution", "min_amount", "max_amount", "max_term_months", "annual_rate", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("institution",)
    search_fields = ("name",)
    autocomplete_fields = ("institution",)
