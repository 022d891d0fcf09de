"""States of a financing project, of its pushes to institutions, and of their answers."""

from django.db.models import TextChoices


class ProjectState(TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待市级审核"
    RETURNED = "returned", "退回修改"
    ADMITTED = "admitted", "已入库"
    LENT = "lent", "已放款"
    REPAID = "repaid", "已还清"
    CLOSED = "closed", "已结束"


class PlacementState(TextChoices):
    """Where one project stands with one institution."""

    PUSHED = "pushed", "已推送"
    ACCEPTED = "accepted", "已受理"
    REFUSED = "refused", "已拒绝"
    LENT = "lent", "已放款"
    REPAID = "repaid", "已还清"


class AnswerKind(TextChoices):
    ACCEPT = "accept", "受理"
    REFUSE = "refuse", "拒绝"
    LEND = "lend", "放款"
    REPAY = "repay", "结清"
