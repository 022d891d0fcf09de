"""One page on which an official handles a row: each step that is open now with its own form."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.decorators import action

from portal.accounts.models import User
from portal.accounts.requests import user_of
from portal.errors import ServiceError
from portal.ui.admin import ReadOnlyAdmin
from portal.ui.calls import tell


class NoteForm(forms.Form):
    """A remark that may be left out."""

    note = forms.CharField(label="说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class ReasonForm(forms.Form):
    """A reason that must be given."""

    note = forms.CharField(
        label="原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请填写原因，对方据此处理。"},
    )


class DayInput(forms.DateInput):
    """A date as browsers ask for it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that can be done with a row. `run` calls the service with the form's values."""

    code: str
    label: str
    form: type[forms.Form]
    run: Callable[[Any, User, dict[str, Any]], object]
    is_open: Callable[[Any, User], bool]


class HandlingAdmin(ReadOnlyAdmin):
    """Rows that only services write, with a page for the steps that are open."""

    actions_detail: tuple[str, ...] = ("handle",)
    steps: Sequence[Step] = ()

    def handling_facts(self, row: Any) -> SafeString | str:
        """What the official should have before the eyes."""
        return ""

    @action(description="办理", url_path="handle", permissions=["handle"])
    def handle(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the open steps, and make the one whose form was sent."""
        row = self.get_object(request, str(object_id))
        if row is None:
            raise Http404
        chosen = request.POST.get("step") if request.method == "POST" else None
        shown: list[dict[str, Any]] = []
        for step in self._open_steps(row, user_of(request)):
            is_sent = step.code == chosen
            given: dict[str, Any] = {"data": request.POST, "files": request.FILES} if is_sent else {}
            form = step.form(prefix=step.code, **given)
            if is_sent and form.is_valid() and self._run(request, row, step, form):
                return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk]))
            shown.append({"step": step, "form": form})
        if chosen and not any(one["step"].code == chosen for one in shown):
            messages.error(request, "该步骤现在不能办理，状态可能已经变化。")
        context = {
            **self.admin_site.each_context(request),
            "title": f"办理{self.opts.verbose_name} {row}",
            "opts": self.opts,
            "facts": self.handling_facts(row),
            "steps": shown,
            "back": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk]),
        }
        return render(request, "review/handle.html", context)

    def has_handle_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether any step is open to who is signed in."""
        if not self.has_view_permission(request):
            return False
        row: Any = self.get_object(request, str(object_id)) if object_id else None
        # A row of another city: the page itself answers 404.
        return row is None or bool(self._open_steps(row, user_of(request)))

    def _open_steps(self, row: models.Model, user: User) -> list[Step]:
        return [step for step in self.steps if step.is_open(row, user)]

    def _run(self, request: HttpRequest, row: models.Model, step: Step, form: forms.Form) -> bool:
        try:
            step.run(row, user_of(request), form.cleaned_data)
        except ServiceError as refusal:
            tell(form, refusal)
            return False
        messages.success(request, f"已办理“{step.label}”：{row}。")
        return True
