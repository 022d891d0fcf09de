"""Training of the people who operate patents (plan item 15)."""

from django.db.models import TextChoices


class BaseState(TextChoices):
    RECOGNISED = "recognised", "已认定"
    REVOKED = "revoked", "已撤销"


class TrainingField(TextChoices):
    """What is taught; the plan names the first two."""

    TRANSFER = "transfer", "专利转移转化"
    VALUATION = "valuation", "价值评估"
    FINANCING = "financing", "质押融资与保险"
    LAYOUT = "layout", "高价值专利培育布局"
    LICENCE = "licence", "许可与合同实务"


class TrainingAudience(TextChoices):
    """Whom the plan wants trained."""

    CENTRE = "centre", "高校院所专利运营中心"
    MANAGER = "manager", "中小企业管理人员"
    SERVICE = "service", "知识产权运营服务机构"
    ANY = "any", "不限"


class CourseState(TextChoices):
    DRAFT = "draft", "编制中"
    OPEN = "open", "开放报名"
    CLOSED = "closed", "已停开"


class SessionState(TextChoices):
    PLANNED = "planned", "已排期"
    CANCELLED = "cancelled", "已取消"


class EnrolmentState(TextChoices):
    ENROLLED = "enrolled", "已报名"
    ATTENDED = "attended", "已登记学时"
    WITHDRAWN = "withdrawn", "已取消"


class QuestionKind(TextChoices):
    SINGLE = "single", "单选题"
    MULTIPLE = "multiple", "多选题"
    JUDGE = "judge", "判断题"


class CertificateState(TextChoices):
    ISSUED = "issued", "有效"
    REVOKED = "revoked", "已撤销"
