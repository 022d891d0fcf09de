"""Reference tables in the admin: which versions there are and which is current."""

from django.contrib import admin

from patents.models import ReferenceTable
from portal.accounts.enums import Role
from portal.ui.admin import ReadOnlyAdmin


@admin.register(ReferenceTable)
class ReferenceTableAdmin(ReadOnlyAdmin):
    """Operators import them by `manage.py import_concordance`."""

    roles = frozenset({Role.PROVINCE, Role.CITY})
    list_display = ("kind", "version", "is_current", "is_own", "row_count", "imported_at")
    list_filter = ("kind", "is_current")
