"""Rule versions: drafted by one official of the province, put in force by another."""

from typing import Any

from django import forms
from django.contrib import admin

from portal.accounts.models import User
from portal.ui.rule_versions import RuleVersionAdmin, RuleVersionForm, approval
from subsidies import services
from subsidies.enums import RuleKind
from subsidies.models.rules import PROCESS, SubsidyRule
from subsidies.services.rule_versions import Draft, check_parameters

FIELDS = tuple(Draft.__dataclass_fields__)


class RuleForm(RuleVersionForm):
    kind = forms.ChoiceField(label="种类", choices=[*RuleKind.choices, (PROCESS, "审核期限")])

    class Meta:
        model = SubsidyRule
        fields = FIELDS
        help_texts = {
            "parameters": "可从现有版本复制后修改；保存时用示例事实试算，读不出的参数会指出。",
            "confidence": "0 至 1；低于 0.8 的在页面上注明“未经确认”。",
        }

    def check(self, cleaned: dict[str, Any]) -> None:
        """Compute the draft with made-up facts."""
        check_parameters(Draft(**{name: cleaned[name] for name in FIELDS}))


@admin.register(SubsidyRule)
class SubsidyRuleAdmin(RuleVersionAdmin):
    form = RuleForm
    search_fields = ("code", "title", "document_number")
    steps = (approval(lambda row, by: services.approve_version(rule_id=row.pk, by=by)),)

    def write(self, cleaned: dict[str, Any], *, by: User, pk: int | None) -> SubsidyRule:
        return services.save_draft(by=by, draft=Draft(**cleaned), rule_id=pk)
