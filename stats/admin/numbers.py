"""Definitions with their approval; history, suspicions and receipts to look at."""

from typing import Any

from django import forms
from django.contrib import admin

from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.ui.admin import ReadOnlyAdmin
from portal.ui.handling import HandlingAdmin, NoteForm, ReasonForm, Step
from portal.ui.rule_versions import RuleVersionAdmin, RuleVersionForm, approval
from stats import services
from stats.enums.figures import FlagState, ReceiptState
from stats.models import BulletinReceipt, Definition, HistoricFigure, Suspicion
from stats.models.rules import KINDS
from stats.services.definitions import DefinitionDraft, approve_definition, check_draft, save_definition

FIELDS = tuple(DefinitionDraft.__dataclass_fields__)
_BOTH = frozenset({Role.PROVINCE, Role.CITY})


class DefinitionForm(RuleVersionForm):
    kind = forms.ChoiceField(label="种类", choices=list(KINDS.items()))
    other_field = "parameters"

    class Meta:
        model = Definition
        fields = FIELDS
        help_texts = {
            "code": "指标编号加版本号，例如 I01/2。",
            "in_force_from": "今后某一季度的首日：已开始的统计期不改口径。",
            "parameters": "从现行版本复制后修改；单位和计量方式不能改。",
            "confidence": "0 至 1；低于 0.8 的在页面上注明“未经确认”。",
        }

    def check(self, cleaned: dict[str, Any]) -> None:
        """Read the draft, and whether it may follow what stands."""
        check_draft(DefinitionDraft(**{name: cleaned[name] for name in FIELDS}))


@admin.register(Definition)
class DefinitionAdmin(RuleVersionAdmin):
    form = DefinitionForm
    search_fields = ("code", "title")
    steps = (approval(lambda row, by: approve_definition(definition_id=row.pk, by=by)),)

    def write(self, cleaned: dict[str, Any], *, by: User, pk: int | None) -> Definition:
        return save_definition(by=by, draft=DefinitionDraft(**cleaned), definition_id=pk)


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
