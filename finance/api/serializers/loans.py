"""What banks report of a running loan, and what they read of it."""

from typing import Any

from rest_framework import serializers

from finance.api.serializers.answers import parse_kind
from finance.enums import EntryKind, LoanState, Settlement
from finance.models import Loan, LoanEntry
from portal.api.fields import FractionField, MoneyField, StrictSerializer


def _kind(kind: EntryKind) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=[kind.value], help_text=f"{kind.label}。")


class _Entry(StrictSerializer):
    number = serializers.CharField(max_length=60, help_text="银行流水号，同一贷款内唯一；重复报送只记录一次。")
    on = serializers.DateField(help_text="发生日，不早于放款日、不晚于今天。")
    note = serializers.CharField(max_length=500, required=False, help_text="说明。")


class DrawSerializer(_Entry):
    kind = _kind(EntryKind.DRAW)
    principal = MoneyField(help_text="提款金额，元；累计不超过合同本金。")


class RateSerializer(_Entry):
    kind = _kind(EntryKind.RATE)
    annual_rate = FractionField(help_text="自发生日起的年利率，小数。")


class InterestSerializer(_Entry):
    kind = _kind(EntryKind.INTEREST)
    period_from = serializers.DateField(help_text="计息期首日（含）。")
    period_to = serializers.DateField(help_text="计息期止（不含），算头不算尾。")
    interest = MoneyField(help_text="实收利息，元，不含罚息复利。")
    penalty = MoneyField(required=False, help_text="罚息复利，元。")


class RepaymentSerializer(_Entry):
    kind = _kind(EntryKind.REPAYMENT)
    principal = MoneyField(required=False, help_text="归还本金，元，不超过当日余额。")
    interest = MoneyField(required=False, help_text="随本金归还的利息，元。")
    penalty = MoneyField(required=False, help_text="罚息复利，元。")


class OverdueSerializer(_Entry):
    kind = _kind(EntryKind.OVERDUE)
    principal = MoneyField(help_text="逾期本金，元；只欠息时为 0.00。")
    interest = MoneyField(required=False, help_text="欠息，元。")


class CuredSerializer(_Entry):
    kind = _kind(EntryKind.CURED)


class ExtensionSerializer(_Entry):
    kind = _kind(EntryKind.EXTENSION)
    due_on = serializers.DateField(help_text="展期后的到期日，晚于现到期日。")


class BadDebtSerializer(_Entry):
    kind = _kind(EntryKind.BAD_DEBT)
    principal = MoneyField(help_text="损失本金，元。")


class ClosedSerializer(_Entry):
    kind = _kind(EntryKind.CLOSED)


class ReversalSerializer(StrictSerializer):
    kind = _kind(EntryKind.REVERSAL)
    number = serializers.CharField(max_length=60, help_text="本次冲正的流水号。")
    on = serializers.DateField(help_text="冲正日。")
    reverses = serializers.CharField(max_length=60, help_text="被冲正的流水号。")
    note = serializers.CharField(max_length=500, help_text="冲正原因。")


ENTRY_SERIALIZERS: dict[str, type[StrictSerializer]] = {
    EntryKind.DRAW: DrawSerializer,
    EntryKind.RATE: RateSerializer,
    EntryKind.INTEREST: InterestSerializer,
    EntryKind.REPAYMENT: RepaymentSerializer,
    EntryKind.OVERDUE: OverdueSerializer,
    EntryKind.CURED: CuredSerializer,
    EntryKind.EXTENSION: ExtensionSerializer,
    EntryKind.BAD_DEBT: BadDebtSerializer,
    EntryKind.CLOSED: ClosedSerializer,
    EntryKind.REVERSAL: ReversalSerializer,
}


class EntrySerializer(serializers.ModelSerializer):
    number = serializers.CharField(help_text="银行流水号。")
    kind = serializers.ChoiceField(choices=EntryKind.choices, help_text="事项。")
    on = serializers.DateField(help_text="发生日。")
    principal = serializers.DecimalField(16, 2, help_text="本金，元。")
    interest = serializers.DecimalField(16, 2, help_text="利息，元。")
    penalty = serializers.DecimalField(16, 2, help_text="罚息复利，元。")
    annual_rate = serializers.DecimalField(7, 6, allow_null=True, help_text="年利率，小数。")
    period_from = serializers.DateField(allow_null=True, help_text="计息期首日（含）。")
    period_to = serializers.DateField(allow_null=True, help_text="计息期止（不含）。")
    due_on = serializers.DateField(allow_null=True, help_text="展期后的到期日。")
    computed_interest = serializers.DecimalField(
        16, 2, allow_null=True, help_text="平台按合同利率、实际天数除以 360 计算的该计息期利息，供核对。"
    )
    reverses = serializers.CharField(
        source="reverses.number", default=None, allow_null=True, help_text="被冲正的流水号。"
    )
    note = serializers.CharField(help_text="说明，可为空。")
    recorded_at = serializers.DateTimeField(help_text="记录时间。")

    class Meta:
        model = LoanEntry
        fields = (
            "number",
            "kind",
            "on",
            "principal",
            "interest",
            "penalty",
            "annual_rate",
            "period_from",
            "period_to",
            "due_on",
            "computed_interest",
            "reverses",
            "note",
            "recorded_at",
        )


class LoanListSerializer(serializers.ModelSerializer):
    project_ref = serializers.CharField(source="placement.project.ref", help_text="项目编号。")
    version = serializers.IntegerField(source="placement.project.version", help_text="项目版本，与 ETag 相同。")
    bank_ref = serializers.CharField(help_text="银行合同号。")
    state = serializers.ChoiceField(choices=LoanState.choices, help_text="贷款状态。")
    principal = serializers.DecimalField(16, 2, help_text="合同本金，元。")
    balance = serializers.DecimalField(16, 2, help_text="本金余额，元。")
    annual_rate = serializers.DecimalField(7, 6, help_text="合同年利率，小数。")
    settlement = serializers.ChoiceField(choices=Settlement.choices, help_text="结息方式。")
    drawn_on = serializers.DateField(help_text="放款日。")
    due_on = serializers.DateField(help_text="到期日，展期的为展期后。")
    original_due_on = serializers.DateField(allow_null=True, help_text="展期前的到期日，未展期为 null。")
    repaid_on = serializers.DateField(allow_null=True, help_text="结清日。")
    interest_paid = serializers.DecimalField(16, 2, allow_null=True, help_text="结清时累计已付利息，元。")

    class Meta:
        model = Loan
        fields: tuple[str, ...] = (
            "project_ref",
            "version",
            "bank_ref",
            "state",
            "principal",
            "balance",
            "annual_rate",
            "settlement",
            "drawn_on",
            "due_on",
            "original_due_on",
            "repaid_on",
            "interest_paid",
        )


class LoanDetailSerializer(LoanListSerializer):
    entries = EntrySerializer(many=True, help_text="台账，按报送先后。")

    class Meta(LoanListSerializer.Meta):
        fields = (*LoanListSerializer.Meta.fields, "entries")


def parse_entry(data: Any) -> tuple[str, dict[str, Any]]:
    """The kind of a ledger entry and its facts, each field checked for its form."""
    return parse_kind(data, ENTRY_SERIALIZERS)
