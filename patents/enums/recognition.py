"""Kinds and states of a firm's recognition for its handling of intellectual property."""

from django.db.models import TextChoices


class RecognitionKind(TextChoices):
    """The steps of the plan's item 2, the lowest first."""

    IP_STANDARD = "ip_standard", "知识产权标准化管理企业"
    PROVINCIAL_DEMO = "provincial_demo", "省级知识产权示范企业"
    NATIONAL_ADVANTAGE = "national_advantage", "国家知识产权优势企业"
    NATIONAL_DEMO = "national_demo", "国家知识产权示范企业"


class RecognitionState(TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待市级审核"
    RETURNED = "returned", "退回修改"
    RECOMMENDED = "recommended", "待省级认定"
    RECOGNISED = "recognised", "已认定"
    REFUSED = "refused", "未认定"
    REVOKED = "revoked", "已撤销"


class RecognitionSource(TextChoices):
    APPLICATION = "application", "申请"
    IMPORT = "import", "表格导入"


RECOGNITION_EDITABLE = frozenset({RecognitionState.DRAFT, RecognitionState.RETURNED})
PENDING = frozenset(
    {
        RecognitionState.DRAFT,
        RecognitionState.SUBMITTED,
        RecognitionState.RETURNED,
        RecognitionState.RECOMMENDED,
    }
)
EVIDENCE = "evidence"
EVIDENCE_CHOICES = [(EVIDENCE, "认证证书或证明材料")]
