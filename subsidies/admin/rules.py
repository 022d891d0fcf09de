"""Rule versions: drafted by one official of the province, put in force by another."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.requests import user_of
from portal.errors import ServiceError
from portal.policy.models import RuleState
from portal.ui.handling import HandlingAdmin, NoteForm, Step
from subsidies import services
from subsidies.enums import RuleKind
from subsidies.models.rules import PROCESS, SubsidyRule
from subsidies.services.rule_versions import Draft, check_parameters

FIELDS = (
    "code", "kind", "title", "document_number", "source", "confidence", "chosen_by", "in_force_from", "in_force_to",
    "parameters", "note",
)  # fmt: skip
SHOWN = ("state", "drafted_by", "approved_by", "approved_at")


class RuleForm(forms.ModelForm):
    """A version that is not in force yet."""

    kind = forms.ChoiceField(label="种类", choices=[*RuleKind.choices, (PROCESS, "审核期限")])

    class Meta:
        model = SubsidyRule
        fields = FIELDS
        help_texts = {
            "parameters": "可从现有版本复制后修改；保存时用示例事实试算，读不出的参数会指出。",
            "confidence": "0 至 1；低于 0.8 的在页面上注明“未经确认”。",
        }

    def clean(self) -> dict[str, Any]:
        """What the service would refuse is shown beside its field."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                check_parameters(Draft(**{name: cleaned[name] for name in FIELDS}))
            except ServiceError as refusal:
                self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)
        return cleaned


@admin.register(SubsidyRule)
class SubsidyRuleAdmin(HandlingAdmin):
    roles = OFFICIALS
    editor_roles = frozenset({Role.PROVINCE})
    form = RuleForm
    list_display = ("code", "title", "kind", "in_force_from", "in_force_to", "confidence", "state")
    list_filter = ("state", "kind")
    search_fields = ("code", "title", "document_number")
    steps = (
        Step(
            "approve", "批准生效", NoteForm,
            lambda row, by, _: services.approve_version(rule_id=row.pk, by=by),
            lambda row, user: user.role == Role.PROVINCE
            and row.state == RuleState.DRAFT
            and row.drafted_by_id != user.pk,
        ),
    )  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*FIELDS, *(SHOWN if obj else ())]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A version in force stands as it is."""
        if obj is None:
            return []
        return list(SHOWN) if obj.state == RuleState.DRAFT else [*FIELDS, *SHOWN]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state == RuleState.DRAFT)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Let the service write."""
        draft = Draft(**{name: form.cleaned_data[name] for name in FIELDS})
        saved = services.save_draft(by=user_of(request), draft=draft, rule_id=obj.pk if change else None)
        obj.pk = saved.pk
