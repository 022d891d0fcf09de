"""Registration of the pledge with the office, and the papers it asks for."""

from django.db.models import TextChoices


class PledgeState(TextChoices):
    SUBMITTED = "submitted", "已提交登记"
    CORRECTION = "correction", "待补正"
    REGISTERED = "registered", "已登记"
    CHANGED = "changed", "已变更登记"
    CANCELLED = "cancelled", "已注销"
    REVOKED = "revoked", "已撤销"


class PledgePaper(TextChoices):
    """What the office asks for (RULES section 6); the last three only where they apply."""

    APPLICATION = "application", "质押登记申请表（双方签字盖章）"
    CONTRACT = "contract", "质押合同"
    IDENTITY = "identity", "双方身份证明或者承诺书"
    AUTHORITY = "authority", "委托书和代理人身份证明"
    VALUATION = "valuation", "评估报告"
    CO_OWNERS = "co_owners", "共有人同意质押的文件"
    NOTICE = "notice", "质押登记通知书"
    OTHER = "other", "其他材料"


ALWAYS_NEEDED = (PledgePaper.APPLICATION, PledgePaper.CONTRACT, PledgePaper.IDENTITY)
STANDING = (PledgeState.REGISTERED, PledgeState.CHANGED)
