"""What banks may answer."""

from typing import Any

from rest_framework import serializers

from finance.enums import AnswerKind, PlacementState
from finance.models import Answer
from portal.api.fields import FractionField, MoneyField, StrictSerializer


class AcceptSerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=[AnswerKind.ACCEPT.value], help_text="受理。")


class RefuseSerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=[AnswerKind.REFUSE.value], help_text="拒绝。")
    reason = serializers.CharField(max_length=500, help_text="拒绝理由，企业可见。")


class LendSerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=[AnswerKind.LEND.value], help_text="放款。")
    bank_ref = serializers.CharField(max_length=60, help_text="银行合同号。")
    contract_date = serializers.DateField(help_text="合同签订日。")
    drawn_on = serializers.DateField(help_text="放款日，不早于合同签订日。")
    due_on = serializers.DateField(help_text="到期日，晚于放款日。")
    pledge_registered_on = serializers.DateField(help_text="质权登记日（国家知识产权局）。")
    principal = MoneyField(help_text="本金，元，字符串，最多两位小数，不超过项目融资金额。")
    annual_rate = FractionField(help_text='年利率，小数，例如 3.65% 写作 "0.0365"。')
    pledge_share = FractionField(help_text='专利质押所担保的份额，大于 0、不超过 1。全部由专利质押担保时为 "1"。')
    is_first_pledge = serializers.BooleanField(help_text="所质押专利是否首次质押。")


class RepaySerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=[AnswerKind.REPAY.value], help_text="结清。")
    repaid_on = serializers.DateField(help_text="结清日。")
    interest_paid = MoneyField(help_text="整笔贷款实际支付的利息，元，字符串，最多两位小数。")


ANSWER_SERIALIZERS: dict[str, type[StrictSerializer]] = {
    AnswerKind.ACCEPT: AcceptSerializer,
    AnswerKind.REFUSE: RefuseSerializer,
    AnswerKind.LEND: LendSerializer,
    AnswerKind.REPAY: RepaySerializer,
}


class AnswerSerializer(serializers.ModelSerializer):
    id = serializers.IntegerField(help_text="答复编号。")
    project_ref = serializers.CharField(source="placement.project.ref", help_text="项目编号。")
    kind = serializers.ChoiceField(choices=AnswerKind.choices, help_text="答复类型。")
    state = serializers.ChoiceField(
        choices=PlacementState.choices, source="placement.state", help_text="答复后该项目在本机构的状态。"
    )
    facts = serializers.DictField(help_text="答复内容，金额和利率为字符串。")
    at = serializers.DateTimeField(help_text="记录时间。")

    class Meta:
        model = Answer
        fields = ("id", "project_ref", "kind", "state", "facts", "at")


def parse_answer(data: Any) -> tuple[str, dict[str, Any]]:
    """The kind of an answer and its facts, each field checked for its form.

    Raises:
        serializers.ValidationError: answered with 400 and the fields at fault.
    """
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in ANSWER_SERIALIZERS:
        raise serializers.ValidationError({"kind": ["须为 accept、refuse、lend、repay 之一。"]})
    serializer = ANSWER_SERIALIZERS[kind](data=data)
    serializer.is_valid(raise_exception=True)
    facts = dict(serializer.validated_data)
    return facts.pop("kind"), facts
