"""What banks send to be compared, and what came of it."""

from rest_framework import serializers

from finance.enums import DifferenceKind, DifferenceState, LoanState
from finance.models import Difference, Statement
from portal.api.fields import MoneyField, StrictSerializer


class StatementLineSerializer(StrictSerializer):
    project_ref = serializers.CharField(max_length=20, help_text="项目编号。")
    principal = MoneyField(help_text="合同本金，元。")
    balance = MoneyField(help_text="对账日终本金余额，元。")
    state = serializers.ChoiceField(choices=LoanState.choices, help_text="贷款状态。")


class StatementWriteSerializer(StrictSerializer):
    number = serializers.CharField(max_length=60, help_text="对账单编号，本机构内唯一。")
    day = serializers.DateField(help_text="对账日，不晚于今天。")
    lines = serializers.ListField(
        child=StatementLineSerializer(), max_length=2000, help_text="截至对账日终，经平台推送形成的全部贷款。"
    )


class DifferenceSerializer(serializers.ModelSerializer):
    id = serializers.IntegerField(help_text="差异编号。")
    project_ref = serializers.CharField(help_text="项目编号。")
    kind = serializers.ChoiceField(choices=DifferenceKind.choices, help_text="差异。")
    ours = serializers.CharField(help_text="平台的数，没有该笔时为空。")
    theirs = serializers.CharField(help_text="银行的数，没有该笔时为空。")
    state = serializers.ChoiceField(choices=DifferenceState.choices, help_text="处理状态，由省级管理人员处理。")
    resolution = serializers.CharField(help_text="处理结果，未处理时为空。")

    class Meta:
        model = Difference
        fields = ("id", "project_ref", "kind", "ours", "theirs", "state", "resolution")


class StatementSerializer(serializers.ModelSerializer):
    id = serializers.IntegerField(help_text="编号。")
    number = serializers.CharField(help_text="对账单编号。")
    day = serializers.DateField(help_text="对账日。")
    line_count = serializers.IntegerField(help_text="笔数。")
    received_at = serializers.DateTimeField(help_text="收到时间。")
    differences = DifferenceSerializer(many=True, help_text="逐条差异，均须人工处理。")

    class Meta:
        model = Statement
        fields = ("id", "number", "day", "line_count", "received_at", "differences")
