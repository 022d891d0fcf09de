"""States and kinds of navigation projects (专利导航, plan item 11). Calls and expert reviews have those of centres."""

from django.db.models import TextChoices


class NavigationKind(TextChoices):
    KEY_INDUSTRY = "key_industry", "省重点产业专利导航"
    REGIONAL = "regional", "区域特色产业专利导航"


class ApplicationState(TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审查"
    RETURNED = "returned", "退回修改"
    IN_REVIEW = "in_review", "专家评审中"
    APPROVED = "approved", "已立项"
    NOT_APPROVED = "not_approved", "未立项"
    WITHDRAWN = "withdrawn", "已撤回"


APPLICATION_EDITABLE = frozenset({ApplicationState.DRAFT, ApplicationState.RETURNED})


class ProjectState(TextChoices):
    RUNNING = "running", "实施中"
    ACCEPTED = "accepted", "通过验收"
    FAILED = "failed", "未通过验收"
    TERMINATED = "terminated", "已终止"


class ApplicationDocument(TextChoices):
    FORM = "application_form", "申报书"
    COMMITMENT = "commitment", "承诺书"
    OTHER = "other", "其他材料"


REQUIRED_DOCUMENTS = (ApplicationDocument.FORM, ApplicationDocument.COMMITMENT)
REPORT = "report"
"""The purpose of a document that goes with a milestone's report."""
