"""Papers that a firm attaches to its project."""

from django.db.models import TextChoices


class PaperKind(TextChoices):
    LICENCE = "licence", "营业执照"
    STATEMENTS = "statements", "财务报表"
    CERTIFICATE = "certificate", "专利证书或者登记簿副本"
    VALUATION = "valuation", "评估报告"
    CO_OWNERS = "co_owners", "共有人同意质押的文件"
    PLEDGE = "pledge", "质押合同或者登记通知书"
    OTHER = "other", "其他"
