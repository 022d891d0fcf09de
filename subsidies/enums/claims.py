"""States of a claim and of what hangs on it."""

from django.db.models import TextChoices


class ClaimState(TextChoices):
    CANDIDATE = "candidate", "待企业确认"
    INELIGIBLE = "ineligible", "不符合条件"
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待市级审核"
    RETURNED = "returned", "退回补正"
    LAPSED = "lapsed", "逾期未补正"
    CITY_PASSED = "city_passed", "待省级审核"
    PROVINCE_PASSED = "province_passed", "待财政审核"
    APPROVED = "approved", "待公示"
    PUBLICITY = "publicity", "公示中"
    PAYABLE = "payable", "待拨付"
    PAYING = "paying", "拨付中"
    PAID = "paid", "已拨付"
    REFUSED = "refused", "不予支持"
    WITHDRAWN = "withdrawn", "已撤回"
    REVOKED = "revoked", "已决定追回"


WITH_FIRM = frozenset({ClaimState.CANDIDATE, ClaimState.DRAFT, ClaimState.RETURNED, ClaimState.LAPSED})
"""States in which the firm changes what it gives."""
IN_REVIEW = frozenset({ClaimState.SUBMITTED, ClaimState.CITY_PASSED, ClaimState.PROVINCE_PASSED})
RESERVED = frozenset({ClaimState.APPROVED, ClaimState.PUBLICITY, ClaimState.PAYABLE, ClaimState.PAYING})
"""States in which the budget holds the claim's amount back."""
ENDED = frozenset({ClaimState.INELIGIBLE, ClaimState.REFUSED, ClaimState.WITHDRAWN, ClaimState.REVOKED})
"""States in which a claim uses nothing of a firm's cap."""


class ClaimSource(TextChoices):
    FOUND = "found", "免申即享"
    APPLIED = "applied", "企业申报"


class ObjectionState(TextChoices):
    OPEN = "open", "待处理"
    UPHELD = "upheld", "异议成立"
    DISMISSED = "dismissed", "异议不成立"


class ReexaminationState(TextChoices):
    OPEN = "open", "复核中"
    UPHELD = "upheld", "维持原结果"
    CHANGED = "changed", "变更结果"


class Verdict(TextChoices):
    """What an officer says about two payments that look alike."""

    OPEN = "open", "待甄别"
    SAME = "same", "同一事项"
    DIFFERENT = "different", "不是同一事项"


class RoundState(TextChoices):
    DRAFT = "draft", "草稿"
    OPEN = "open", "已发布"
    CLOSED = "closed", "已结束"
