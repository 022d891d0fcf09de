"""Words for the parts of a patent's record and where each came from."""

from django.db.models import TextChoices


class PartyRole(TextChoices):
    APPLICANT = "applicant", "申请人"
    HOLDER = "holder", "专利权人"


class SourceKind(TextChoices):
    SHEET = "sheet", "表格导入"
    FORM = "form", "在线填报"
    GAZETTE = "gazette", "专利公报"
    API = "api", "接口"
    PORTAL = "portal", "平台计算"
    WINDOW = "window", "登记窗口"


class FeeReduction(TextChoices):
    """Whether the office granted a reduction of fees, and to how many applicants."""

    NONE = "none", "未减缴"
    SINGLE = "single", "减缴 85%（单一申请人）"
    JOINT = "joint", "减缴 70%（共同申请人）"


class ConflictState(TextChoices):
    OPEN = "open", "待处理"
    KEPT = "kept", "保留现值"
    TAKEN = "taken", "采用新值"
    OUTDATED = "outdated", "已失效"
