"""One page on which an official decides about a submitted row: approve it or give it back with an opinion."""

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
from portal.flow import Flow
from portal.ui.admin import ReadOnlyAdmin
from portal.ui.calls import tell

APPROVE, GIVE_BACK = "approve", "give_back"


class ReviewForm(forms.Form):
    """An official's decision."""

    decision = forms.ChoiceField(label="审核结论", widget=forms.RadioSelect)
    note = forms.CharField(
        label="审核意见",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="退回时必填，企业能看到。",
    )

    def __init__(self, *args: Any, approve_label: str, give_back_label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(APPROVE, approve_label), (GIVE_BACK, give_back_label)]
        self.fields["decision"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the reason of a return."""
        cleaned = super().clean() or {}
        if cleaned.get("decision") == GIVE_BACK and not cleaned.get("note", "").strip():
            self.add_error("note", "请填写退回意见，企业据此修改。")
        return cleaned


class ReviewAdmin(ReadOnlyAdmin):
    """Rows that only services write, with a button to the review page while a decision is due."""

    actions_detail: tuple[str, ...] = ("review",)
    review_flow: Flow
    approved_state: str
    approve_label: str
    give_back_label = "退回修改"

    def approve(self, row: Any, *, by: User, note: str) -> None:
        """Call the service that approves."""
        raise NotImplementedError

    def give_back(self, row: Any, *, by: User, note: str) -> None:
        """Call the service that returns the row to whoever handed it in."""
        raise NotImplementedError

    def review_facts(self, row: Any) -> SafeString:
        """What the official should have before the eyes."""
        raise NotImplementedError

    @action(description="审核", url_path="review", permissions=["review"])
    def review(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Decide about one row."""
        row = self.get_object(request, str(object_id))
        if row is None:
            raise Http404
        form = ReviewForm(request.POST or None, approve_label=self.approve_label, give_back_label=self.give_back_label)
        if request.method == "POST" and form.is_valid() and self._decide(request, row, form):
            return redirect(self._change_address(row))
        context = {
            **self.admin_site.each_context(request),
            "title": f"审核{self.opts.verbose_name} {row}",
            "opts": self.opts,
            "facts": self.review_facts(row),
            "form": form,
            "back": self._change_address(row),
        }
        return render(request, "review/page.html", context)

    def has_review_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether who is signed in can decide about the row now."""
        if not self.has_view_permission(request):
            return False
        row: Any = self.get_object(request, str(object_id)) if object_id else None
        # A row of another city: the page itself answers 404.
        return row is None or self.approved_state in self.review_flow.next_states(row.state, actor=user_of(request))

    def _decide(self, request: HttpRequest, row: models.Model, form: ReviewForm) -> bool:
        decided = self.approve if form.cleaned_data["decision"] == APPROVE else self.give_back
        try:
            decided(row, by=user_of(request), note=form.cleaned_data["note"])
        except ServiceError as refusal:
            tell(form, refusal)
            return False
        messages.success(request, f"已处理：{row}。")
        return True

    def _change_address(self, row: models.Model) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
