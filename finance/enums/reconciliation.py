"""Differences between a bank's statement and the portal's ledger."""

from django.db.models import TextChoices


class DifferenceKind(TextChoices):
    MISSING_THERE = "missing_there", "银行对账单中没有"
    MISSING_HERE = "missing_here", "平台没有"
    PRINCIPAL = "principal", "合同本金不一致"
    BALANCE = "balance", "本金余额不一致"
    STATE = "state", "状态不一致"


class DifferenceState(TextChoices):
    OPEN = "open", "待处理"
    CLOSED = "closed", "已处理"
