"""Sharing of losses, and the money of operation funds."""

from django.db.models import TextChoices

FINANCE_RISK_SPLIT = "finance_risk_split"
"""Kind of the rule versions that hold who bears which part of a loss."""


class RiskParty(TextChoices):
    POOL = "pool", "风险补偿资金池"
    BANK = "bank", "银行"
    INSURER = "insurer", "保险机构"
    GUARANTOR = "guarantor", "担保机构"


class LossState(TextChoices):
    FOUND = "found", "待审核"
    APPROVED = "approved", "已核定"
    REFUSED = "refused", "不予补偿"
    PAID = "paid", "已补偿"
    WITHDRAWN = "withdrawn", "已撤销（呆账冲正）"


class LossPaper(TextChoices):
    WRITE_OFF = "write_off", "呆账核销文件"
    LEDGER = "ledger", "贷款台账和催收记录"
    COURT = "court", "判决、裁定或者执行文书"
    OTHER = "other", "其他证明"


class PoolEntryKind(TextChoices):
    CONTRIBUTION = "contribution", "注入资金"
    PAYOUT = "payout", "补偿支出"
    RECOVERY = "recovery", "追偿退回"


class FundEntryKind(TextChoices):
    CONTRIBUTION = "contribution", "出资到位"
    INVESTMENT = "investment", "投资支出"
    INCOME = "income", "投资收益"
    EXIT = "exit", "退出回款"
    FEE = "fee", "管理费用"
    DISTRIBUTION = "distribution", "分配给出资人"


FUND_IN = frozenset({FundEntryKind.CONTRIBUTION, FundEntryKind.INCOME, FundEntryKind.EXIT})
"""Kinds that add to a fund's balance; the others take from it."""


class InvestmentState(TextChoices):
    HELD = "held", "持有"
    EXITED = "exited", "已退出"


class ExitWay(TextChoices):
    TRANSFER = "transfer", "转让股权或者专利"
    BUYBACK = "buyback", "回购"
    LISTING = "listing", "上市或者挂牌"
    LIQUIDATION = "liquidation", "清算"
