"""Rule versions in the admin: drafted by one official of the province, put in force by another, unchanged from then on."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest

from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.models import User
from portal.accounts.requests import user_of
from portal.errors import ServiceError
from portal.policy.models import RuleState, RuleVersion
from portal.ui.handling import HandlingAdmin, NoteForm, Step

SHOWN = ("state", "drafted_by", "approved_by", "approved_at")


def approval(approve: Callable[[Any, User], object]) -> Step:
    """The step that puts a draft in force: open to officials of the province other than the one who drafted it."""
    return Step(
        "approve",
        "批准生效",
        NoteForm,
        lambda row, by, _: approve(row, by),
        lambda row, user: user.role == Role.PROVINCE and row.state == RuleState.DRAFT and row.drafted_by_id != user.pk,
    )


class RuleVersionForm(forms.ModelForm):
    """A version that is not in force yet."""

    # The field of a refusal that names none of the form; None shows it above the form.
    other_field: str | None = None

    def check(self, cleaned: dict[str, Any]) -> None:
        """Raise what the service would refuse."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """What the service would refuse is shown beside its field."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                self.check(cleaned)
            except ServiceError as refusal:
                self.add_error(refusal.field if refusal.field in self.fields else self.other_field, refusal.message)
        return cleaned


class RuleVersionAdmin(HandlingAdmin):
    """Drafts to write and to approve. `form` gives the fields, `write` calls the service."""

    roles = OFFICIALS
    editor_roles = frozenset({Role.PROVINCE})
    list_display: Any = ("code", "title", "kind", "in_force_from", "in_force_to", "confidence", "state")
    list_filter: Any = ("state", "kind")

    def write(self, cleaned: dict[str, Any], *, by: User, pk: int | None) -> RuleVersion:
        """Call the service that keeps a draft; `pk` names the one that is changed."""
        raise NotImplementedError

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*self._drafted, *(SHOWN if obj else ())]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A version in force stands as it is."""
        if obj is None:
            return []
        return list(SHOWN) if obj.state == RuleState.DRAFT else [*self._drafted, *SHOWN]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state == RuleState.DRAFT)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Let the service write."""
        cleaned = {name: form.cleaned_data[name] for name in self._drafted}
        obj.pk = self.write(cleaned, by=user_of(request), pk=obj.pk if change else None).pk

    @property
    def _drafted(self) -> tuple[str, ...]:
        return tuple(self.form.Meta.fields)
