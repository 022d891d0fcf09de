"""States of a financing project, of its pushes to institutions, and of their answers."""

from django.db.models import TextChoices

FINANCE_POOL = "finance_pool"
"""Kind of the rule versions that hold how long a project stays in the pool."""


class ProjectState(TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待市级审核"
    RETURNED = "returned", "退回修改"
    ADMITTED = "admitted", "已入库"
    LENT = "lent", "已放款"
    REPAID = "repaid", "已还清"
    LAPSED = "lapsed", "已失效"
    CLOSED = "closed", "已结束"


class PlacementState(TextChoices):
    """Where one project stands with one institution."""

    PUSHED = "pushed", "已推送"
    ACCEPTED = "accepted", "已受理"
    APPROVED = "approved", "已审批"
    REFUSED = "refused", "已拒绝"
    LENT = "lent", "已放款"
    REPAID = "repaid", "已还清"
    WITHDRAWN = "withdrawn", "已撤回"


ANSWERABLE = frozenset({PlacementState.PUSHED, PlacementState.ACCEPTED, PlacementState.APPROVED})


class AnswerKind(TextChoices):
    ACCEPT = "accept", "受理"
    PAPERS = "papers", "要求补充材料"
    REFUSE = "refuse", "拒绝"
    APPROVE = "approve", "审批通过"
    LEND = "lend", "放款"
    REPAY = "repay", "结清"


REPEATED = frozenset({AnswerKind.PAPERS})
"""Kinds that an institution may give more than once, each time with other facts."""


class Outcome(TextChoices):
    """What the portal can say about one refusal ground and one patent."""

    PASSED = "passed", "未见该情形"
    FAILED = "failed", "存在该情形"
    NOT_CHECKABLE = "not_checkable", "须人工核实"
