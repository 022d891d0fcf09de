"""Legal events as the authority's programs send and read them."""

from typing import Any

from rest_framework import serializers

from patents.enums import EventCode, LegalStatus
from patents.models import LegalEvent
from patents.numbers import ApplicationNumber, parse_application_number
from patents.policy.events import EventFacts
from patents.services.legal import FACTS, MAX_FACT
from portal.api.fields import StrictSerializer
from portal.errors import Invalid


class ApplicationNumberField(serializers.CharField):
    """An application number in any written form."""

    def to_internal_value(self, data: Any) -> ApplicationNumber:  # type: ignore[override]
        if not isinstance(data, str):
            raise serializers.ValidationError("申请号须以字符串表示。")
        try:
            return parse_application_number(data)
        except Invalid as refusal:
            raise serializers.ValidationError(refusal.message) from refusal

    def run_validators(self, value: Any) -> None:
        """Leave out those of the text: the value is a number by now."""


class NewEventSerializer(StrictSerializer):
    number = ApplicationNumberField(help_text="申请号，带校验位，例如 201710601862.3。")
    code = serializers.ChoiceField(choices=EventCode.choices, help_text="法律事件代码。")
    on = serializers.DateField(help_text="生效日；公报未写明时为公告日。")
    reference = serializers.CharField(
        max_length=60, required=False, allow_blank=True, default="", help_text="登记号、备案号或者文号。"
    )
    facts = serializers.DictField(
        child=serializers.CharField(max_length=MAX_FACT),
        required=False,
        default=dict,
        help_text="公告内容，可用的项：" + "、".join(f"{name}（{label}）" for name, label in FACTS.items()) + "。",
    )

    def event(self) -> EventFacts:
        """The event as the service takes it."""
        given = self.validated_data
        return EventFacts(EventCode(given["code"]), given["on"], given["reference"].strip(), given["facts"])


class LegalEventSerializer(serializers.ModelSerializer):
    id = serializers.IntegerField(help_text="平台的事件编号。")
    number = serializers.CharField(source="patent.display_number", help_text="申请号，带校验位。")
    code = serializers.ChoiceField(choices=EventCode.choices, help_text="法律事件代码。")
    on = serializers.DateField(help_text="生效日（公告日）。")
    reference = serializers.CharField(help_text="登记号，可为空。")
    facts = serializers.DictField(help_text="公告内容。")
    status_before = serializers.ChoiceField(choices=LegalStatus.choices, help_text="事件之前的法律状态。")
    status_after = serializers.ChoiceField(choices=LegalStatus.choices, help_text="事件之后的法律状态。")
    recorded_at = serializers.DateTimeField(help_text="平台登记时间。")
    voided_at = serializers.DateTimeField(
        allow_null=True, help_text="登记有误而作废的时间，未作废的为 null；作废的事件不再计算。"
    )
    void_reason = serializers.CharField(help_text="作废原因，未作废的为空。")

    class Meta:
        model = LegalEvent
        fields = (
            "id",
            "number",
            "code",
            "on",
            "reference",
            "facts",
            "status_before",
            "status_after",
            "recorded_at",
            "voided_at",
            "void_reason",
        )
