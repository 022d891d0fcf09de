"""Imports in the admin: where rows came from, and what was refused."""

from portal.accounts.enums import Role
from portal.sheets.models import SheetImport
from portal.ui.admin import ReadOnlyAdmin, admin


@admin.register(SheetImport)
class SheetImportAdmin(ReadOnlyAdmin):
    """Officials look; the upload page and the commands write. Files are handed out by the upload page only."""

    roles = frozenset({Role.PROVINCE, Role.CITY})
    list_display = (
        "file_name",
        "kind",
        "organisation",
        "state",
        "new_count",
        "changed_count",
        "refused_count",
        "created_at",
    )
    list_filter = ("kind", "state")
    list_select_related = ("organisation",)
    search_fields = ("file_name", "=sha256")
    exclude = ("file", "error_file")
