"""Definitions with their approval; history, suspicions and receipts to look at."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.requests import user_of
from portal.errors import ServiceError
from portal.policy.models import RuleState
from portal.ui.admin import ReadOnlyAdmin
from portal.ui.handling import HandlingAdmin, NoteForm, ReasonForm, Step
from stats import services
from stats.enums.figures import FlagState, ReceiptState
from stats.models import BulletinReceipt, Definition, HistoricFigure, Suspicion
from stats.models.rules import KINDS
from stats.services.definitions import DefinitionDraft, approve_definition, check_draft, save_definition

FIELDS = tuple(DefinitionDraft.__dataclass_fields__)
SHOWN = ("state", "drafted_by", "approved_by", "approved_at")
_BOTH = frozenset({Role.PROVINCE, Role.CITY})


class DefinitionForm(forms.ModelForm):
    """A version that is not in force yet."""

    kind = forms.ChoiceField(label="种类", choices=list(KINDS.items()))

    class Meta:
        model = Definition
        fields = FIELDS
        help_texts = {
            "code": "指标编号加版本号，例如 I01/2。",
            "in_force_from": "今后某一季度的首日：已开始的统计期不改口径。",
            "parameters": "从现行版本复制后修改；单位和计量方式不能改。",
            "confidence": "0 至 1；低于 0.8 的在页面上注明“未经确认”。",
        }

    def clean(self) -> dict[str, Any]:
        """What the service would refuse is shown beside its field."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                check_draft(DefinitionDraft(**{name: cleaned[name] for name in FIELDS}))
            except ServiceError as refusal:
                self.add_error(refusal.field if refusal.field in self.fields else "parameters", refusal.message)
        return cleaned


@admin.register(Definition)
class DefinitionAdmin(HandlingAdmin):
    roles = OFFICIALS
    editor_roles = frozenset({Role.PROVINCE})
    form = DefinitionForm
    list_display = ("code", "title", "kind", "in_force_from", "in_force_to", "confidence", "state")
    list_filter = ("state", "kind")
    search_fields = ("code", "title")
    steps = (
        Step(
            "approve", "批准生效", NoteForm,
            lambda row, by, _: approve_definition(definition_id=row.pk, by=by),
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
        draft = DefinitionDraft(**{name: form.cleaned_data[name] for name in FIELDS})
        saved = save_definition(by=user_of(request), draft=draft, definition_id=obj.pk if change else None)
        obj.pk = saved.pk


@admin.register(HistoricFigure)
class HistoricFigureAdmin(ReadOnlyAdmin):
    roles = _BOTH
    list_display = ("indicator", "year", "quarter", "city_code", "split", "value", "basis")
    list_filter = ("indicator", "year")
    list_select_related = ("source_import",)


def _decide(state: str) -> Any:
    return lambda row, by, given: services.decide_suspicion(
        suspicion_id=row.pk, by=by, state=state, reason=given["note"]
    )


@admin.register(Suspicion)
class SuspicionAdmin(HandlingAdmin):
    roles = _BOTH
    list_display = ("ref", "subject_kind", "kind", "city_code", "reason", "found_at", "state")
    list_filter = ("state", "kind")
    search_fields = ("=ref",)
    list_select_related = ("decided_by",)
    steps = (
        Step(
            "clear", "排除", ReasonForm, _decide(FlagState.CLEARED),
            lambda row, user: user.role == Role.PROVINCE and row.state != FlagState.CLEARED,
        ),
        Step(
            "confirm", "确认存疑", ReasonForm, _decide(FlagState.CONFIRMED),
            lambda row, user: user.role == Role.PROVINCE and row.state != FlagState.CONFIRMED,
        ),
    )  # fmt: skip


@admin.register(BulletinReceipt)
class BulletinReceiptAdmin(HandlingAdmin):
    roles = _BOTH
    list_display = ("bulletin", "organisation", "sent_at", "received_at", "state")
    list_filter = ("state",)
    list_select_related = ("bulletin", "organisation")
    steps = (
        Step(
            "receive", "签收", NoteForm,
            lambda row, by, _: services.receive_bulletin(bulletin_id=row.bulletin_id, by=by),
            lambda row, user: user.role == Role.CITY and row.state == ReceiptState.WAITING,
        ),
    )  # fmt: skip
