"""What banks may answer."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from finance.enums import AnswerKind, PlacementState, Settlement
from finance.models import Answer
from portal.api.fields import FractionField, MoneyField, StrictSerializer


class AcceptSerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=[AnswerKind.ACCEPT.value], help_text="受理。")


class RefuseSerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=[AnswerKind.REFUSE.value], help_text="拒绝。")
    reason = serializers.CharField(max_length=500, help_text="拒绝理由，企业可见。")


class PapersSerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=[AnswerKind.PAPERS.value], help_text="要求补充材料，可多次。")
    papers = serializers.ListField(
        child=serializers.CharField(max_length=100), min_length=1, max_length=20, help_text="所需材料，1 至 20 项。"
    )
    note = serializers.CharField(max_length=500, required=False, help_text="说明，企业可见。")


class ApproveSerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=[AnswerKind.APPROVE.value], help_text="审批通过。")
    amount = MoneyField(help_text="审批金额，元，不超过项目融资金额。")
    annual_rate = FractionField(help_text="年利率，小数。")
    lpr_base = FractionField(help_text="定价所依据的一年期 LPR，小数。")
    term_months = serializers.IntegerField(min_value=1, max_value=120, help_text="期限，月。")

    def validate_term_months(self, value: int) -> int:
        """Take a whole number only: text that reads like one is refused."""
        if not isinstance(self.initial_data["term_months"], int):
            raise serializers.ValidationError("须为整数。")
        return value


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
    first_draw = MoneyField(required=False, help_text="放款日首笔提款，元；不填为全部本金，其余以台账 draw 报送。")
    settlement = serializers.ChoiceField(
        choices=Settlement.choices, required=False, help_text="结息方式，默认按季（quarter）。"
    )


class RepaySerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=[AnswerKind.REPAY.value], help_text="结清。")
    repaid_on = serializers.DateField(help_text="结清日。")
    interest_paid = MoneyField(help_text="整笔贷款实际支付的利息，元，字符串，最多两位小数。")


ANSWER_SERIALIZERS: dict[str, type[StrictSerializer]] = {
    AnswerKind.ACCEPT: AcceptSerializer,
    AnswerKind.PAPERS: PapersSerializer,
    AnswerKind.REFUSE: RefuseSerializer,
    AnswerKind.APPROVE: ApproveSerializer,
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
    return parse_kind(data, ANSWER_SERIALIZERS)


def parse_kind(data: Any, known: Mapping[str, type[StrictSerializer]]) -> tuple[str, dict[str, Any]]:
    """The kind that a body names and its other fields, read by that kind's serializer.

    Raises:
        serializers.ValidationError: answered with 400 and the fields at fault.
    """
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in known:
        raise serializers.ValidationError({"kind": [f"须为 {'、'.join(known)} 之一。"]})
    serializer = known[kind](data=data)
    serializer.is_valid(raise_exception=True)
    facts = dict(serializer.validated_data)
    return facts.pop("kind"), facts
