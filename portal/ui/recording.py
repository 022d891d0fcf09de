"""Rows that officials add in the admin and nobody changes: a form whose facts a service writes."""

from typing import Any

from django import forms
from django.db import models, transaction
from django.http import HttpRequest

from portal.accounts.models import User
from portal.accounts.requests import user_of
from portal.errors import ServiceError
from portal.ui.admin import PortalAdmin


class RecordingForm(forms.ModelForm):
    """A row as the official fills it in. `write` calls the service; what it would refuse is told at its field."""

    by: User  # set by the admin for each request

    def write(self) -> models.Model:
        """Call the service with the cleaned values."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """Rehearse the writing in a savepoint that is rolled back: the service alone knows what it takes."""
        cleaned = super().clean() or {}
        self.cleaned_data = cleaned
        if self.errors:
            return cleaned
        try:
            with transaction.atomic():
                self.write()
                transaction.set_rollback(True)
        except ServiceError as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)
        return cleaned

    def _post_clean(self) -> None:
        """Leave the model's own validation out: the service's refusals are in the user's words."""


class RecordingAdmin(PortalAdmin):
    """Rows that are added through a service and stand from then on."""

    form = RecordingForm

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """What was recorded stands."""
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, told who fills it in."""
        made: Any = super().get_form(request, obj, change=change, **kwargs)
        return type(made.__name__, (made,), {"by": user_of(request)})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Let the service write; the page goes on with the row as it was written."""
        obj.__dict__.update(form.write().__dict__)
