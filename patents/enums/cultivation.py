"""States of the cultivation of high-value patents: calls, applications, expert reviews, centres."""

from django.db.models import TextChoices


class CallState(TextChoices):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    CLOSED = "closed", "已结束"


class ApplicantKind(TextChoices):
    UNIVERSITY = "university", "高等院校"
    INSTITUTE = "institute", "科研院所"
    SERVICE = "service", "知识产权服务机构"


class ApplicationState(TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审查"
    RETURNED = "returned", "退回修改"
    IN_REVIEW = "in_review", "专家评审中"
    RECOGNISED = "recognised", "已认定"
    NOT_RECOGNISED = "not_recognised", "未认定"
    WITHDRAWN = "withdrawn", "已撤回"


class ReviewState(TextChoices):
    ASSIGNED = "waiting", "待评审"
    SCORED = "scored", "已评分"
    DECLINED = "declined", "已回避"


class CentreState(TextChoices):
    RECOGNISED = "recognised", "有效"
    REVOKED = "revoked", "已撤销"


class CheckState(TextChoices):
    SUBMITTED = "submitted", "待核查"
    RETURNED = "returned", "退回修改"
    PASSED = "passed", "合格"
    FAILED = "failed_check", "不合格"


class ApplicationDocument(TextChoices):
    FORM = "application_form", "申报书"
    EVIDENCE = "evidence", "佐证材料"
    COMMITMENT = "commitment", "承诺书"


APPLICATION_EDITABLE = frozenset({ApplicationState.DRAFT, ApplicationState.RETURNED})
REQUIRED_DOCUMENTS = (ApplicationDocument.FORM, ApplicationDocument.COMMITMENT)
