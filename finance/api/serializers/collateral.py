"""What banks read of pledged patents and of changes of their cover."""

from typing import Any

from rest_framework import serializers

from finance.enums import Severity, ValuationMethod
from finance.models import CoverAlert, ProjectPatent, Valuation
from finance.queries.watch import life_of
from patents.enums import LegalStatus, Overlay, PatentKind
from portal.api.fields import StrictSerializer

RATIO: dict[str, Any] = {"max_digits": 12, "decimal_places": 4, "allow_null": True}


class ValuationSerializer(serializers.ModelSerializer):
    amount = serializers.DecimalField(16, 2, help_text="评估价值，元。")
    method = serializers.ChoiceField(choices=ValuationMethod.choices, help_text="评估方法。")
    valuer = serializers.CharField(help_text="评估机构。")
    valued_on = serializers.DateField(help_text="评估基准日。")
    valid_until = serializers.DateField(help_text="有效期至。")

    class Meta:
        model = Valuation
        fields = ("amount", "method", "valuer", "valued_on", "valid_until")


class PledgedPatentSerializer(serializers.ModelSerializer):
    number = serializers.CharField(source="patent.display_number", help_text="申请号，带校验位。")
    kind = serializers.ChoiceField(source="patent.kind", choices=PatentKind.choices, help_text="专利类型。")
    title = serializers.CharField(source="patent.title", help_text="发明名称。")
    filed_on = serializers.DateField(source="patent.filed_on", allow_null=True, help_text="申请日。")
    granted_on = serializers.DateField(source="patent.granted_on", allow_null=True, help_text="授权公告日。")
    legal_status = serializers.ChoiceField(
        source="patent.legal_status", choices=LegalStatus.choices, help_text="平台掌握的法律状态。"
    )
    overlays = serializers.ListField(
        source="patent.overlays",
        child=serializers.ChoiceField(choices=Overlay.choices),
        help_text="质押、保全、许可、无效请求等负担。",
    )
    protected_until = serializers.SerializerMethodField(help_text="专利权保护期届满日，申请日不明时为 null。")
    days_to_lapse = serializers.SerializerMethodField(
        help_text="距专利权终止的天数：保护期届满或者年费滞纳期届满，取先到者；申请日不明时为 null。"
    )
    is_held = serializers.BooleanField(help_text="是否正为本项目占用，占用期间不得用于其他项目。")
    valuations = ValuationSerializer(many=True, help_text="评估，最近的在前。")

    class Meta:
        model = ProjectPatent
        fields = (
            "number",
            "kind",
            "title",
            "filed_on",
            "granted_on",
            "legal_status",
            "overlays",
            "protected_until",
            "days_to_lapse",
            "is_held",
            "valuations",
        )

    def get_protected_until(self, row: ProjectPatent) -> serializers.DateField(allow_null=True):  # type: ignore[valid-type]
        until = life_of(row.patent).protected_until
        return until.isoformat() if until else None

    def get_days_to_lapse(self, row: ProjectPatent) -> serializers.IntegerField(allow_null=True):  # type: ignore[valid-type]
        return life_of(row.patent).days_to_lapse


class CoverReasonSerializer(serializers.Serializer):
    state = serializers.CharField(help_text="折扣表中的情形。")
    haircut = serializers.CharField(help_text="折扣，小数。")
    action = serializers.CharField(help_text="建议。")


class CoverLineSerializer(serializers.Serializer):
    number = serializers.CharField(help_text="申请号。")
    value = serializers.CharField(help_text="评估价值，元。")
    haircut = serializers.CharField(help_text="合计折扣，小数。")
    counted = serializers.CharField(help_text="计入价值，元。")
    reasons = CoverReasonSerializer(many=True, help_text="折扣的原因。")


class AlertSerializer(serializers.ModelSerializer):
    id = serializers.IntegerField(help_text="预警编号。")
    project_ref = serializers.CharField(source="loan.placement.project.ref", help_text="项目编号。")
    severity = serializers.ChoiceField(choices=Severity.choices, help_text="等级。")
    cause = serializers.CharField(help_text="原因。")
    ratio_before = serializers.DecimalField(**RATIO, help_text="此前覆盖率，小数；首次计算为 null。")
    ratio_after = serializers.DecimalField(**RATIO, help_text="此后覆盖率，小数；无余额时为 null。")
    balance = serializers.DecimalField(16, 2, help_text="当时本金余额，元。")
    rule = serializers.CharField(source="rule.code", help_text="折扣表版本（未经确认的平台参数）。")
    lines = CoverLineSerializer(many=True, help_text="逐件专利的计算明细。")
    at = serializers.DateTimeField(help_text="时间。")
    acknowledged_at = serializers.DateTimeField(allow_null=True, help_text="本机构确认时间。")
    acknowledged_note = serializers.CharField(help_text="本机构确认说明，可为空。")

    class Meta:
        model = CoverAlert
        fields = (
            "id",
            "project_ref",
            "severity",
            "cause",
            "ratio_before",
            "ratio_after",
            "balance",
            "rule",
            "lines",
            "at",
            "acknowledged_at",
            "acknowledged_note",
        )


class AcknowledgeSerializer(StrictSerializer):
    note = serializers.CharField(
        max_length=500, required=False, default="", allow_blank=True, help_text="说明，可为空。"
    )
