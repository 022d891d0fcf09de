"""History on an admin page: who did what, and each version of the row that was replaced."""

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse

from portal.audit.models import AuditEntry

SHOWN = 30
HIDDEN_FIELDS = frozenset({"pgh_id", "pgh_created_at", "pgh_label", "pgh_obj", "pgh_context", "updated_at", "version"})


class HistoryMixin:
    """Adds the audit entries and replaced versions of a row to its change page."""

    change_form_after_template = "ui/admin_history.html"
    model: type[models.Model]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        history = {"audit_entries": _entries(self.model, object_id), "versions": _versions(self.model, object_id)}
        response: HttpResponse = super().change_view(  # type: ignore[misc]
            request, object_id, form_url, {**(extra_context or {}), **history}
        )
        return response


def _entries(model: type[models.Model], object_id: str) -> list[AuditEntry]:
    entries = AuditEntry.objects.filter(target_type=model._meta.label_lower, target_id=object_id)
    return list(entries.select_related("actor")[:SHOWN])


def _versions(model: type[models.Model], object_id: str) -> list[dict[str, Any]]:
    """The newest replaced versions, each with the fields that the next one changed."""
    related = model._meta.get_field("versions").related_model
    if not object_id.isdigit() or related is None:
        return []
    rows: list[Any] = list(related._default_manager.filter(pgh_obj_id=object_id).order_by("-pgh_id")[:SHOWN])
    newer: Any = model._default_manager.filter(pk=object_id).first()
    shown = []
    for row in rows:
        changes = [
            (
                field.verbose_name,
                shown_value(model, field.name, getattr(row, field.attname)),
                shown_value(model, field.name, getattr(newer, field.attname)),
            )
            for field in row._meta.concrete_fields
            if field.name not in HIDDEN_FIELDS and newer is not None
            if getattr(row, field.attname) != getattr(newer, field.attname)
        ]
        shown.append({"at": row.pgh_created_at, "changes": changes})
        newer = row
    return shown


def shown_value(model: type[models.Model], name: str, value: Any) -> Any:
    """A stored value as the page says it: the word of a choice, yes or no; the rest as it is."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None or value == "":
        return "空"
    field: Any = model._meta.get_field(name)
    return dict(field.flatchoices).get(value, value) if field.choices else value
