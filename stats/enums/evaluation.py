"""States of the yearly evaluation of the cities."""

from django.db.models import TextChoices


class SchemeState(TextChoices):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "评价中"
    ANNOUNCED = "announced", "结果已公布"
    CLOSED = "closed", "已定案"


class EvaluationState(TextChoices):
    WAITING = "waiting", "待自评"
    SUBMITTED = "submitted", "待评审"
    RETURNED = "returned", "退回补充"
    SCORED = "scored", "已评分"


WITH_CITY = (EvaluationState.WAITING, EvaluationState.RETURNED)


class AppealState(TextChoices):
    OPEN = "open", "待处理"
    UPHELD = "upheld", "申诉成立"
    DISMISSED = "dismissed", "申诉不成立"
