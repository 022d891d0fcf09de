"""The evaluation of an invention before anything is filed (RULES section 11)."""

from django.db.models import TextChoices


class AdoptionState(TextChoices):
    SUBMITTED = "submitted", "待核实"
    RETURNED = "returned", "退回修改"
    CONFIRMED = "confirmed", "已核实"


class PrefilingState(TextChoices):
    DISCLOSED = "disclosed", "已提交交底"
    SCREENED = "screened", "已做保密和权属审查"
    SEARCHED = "searched", "已查新"
    SCORED = "scored", "已评分"
    ADVISED = "advised", "已有建议"
    DECIDED = "decided", "已决定"
    OFFERED = "offered", "已征询发明人"
    CLOSED = "closed", "已结束"


class Secrecy(TextChoices):
    OPEN = "open", "不涉密"
    TRADE_SECRET = "trade_secret", "涉及商业秘密"
    STATE_SECRET = "state_secret", "涉及国家秘密"


class Ownership(TextChoices):
    SERVICE = "service", "职务发明，归单位"
    SHARED = "shared", "与他人共有"
    INVENTOR = "inventor", "非职务发明，归发明人"


class Novelty(TextChoices):
    CLEAR = "clear", "未见影响新颖性的文献"
    PARTLY = "partly", "部分特征已公开"
    NONE = "none", "已被公开"


class Advice(TextChoices):
    FILE_CN = "file_cn", "申请中国专利"
    FILE_PCT = "file_pct", "申请 PCT 国际专利"
    KEEP_SECRET = "keep_secret", "作为技术秘密保护"
    PUBLISH = "publish", "公开发表"
    DROP = "drop", "不申请"


class InventorAnswer(TextChoices):
    ACCEPTED = "accepted", "发明人接受权利"
    DECLINED = "declined", "发明人不接受"


FILED = frozenset({Advice.FILE_CN, Advice.FILE_PCT})
ADOPTION_DOCUMENT = "adoption"
