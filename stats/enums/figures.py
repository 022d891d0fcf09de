"""What is counted, how, and what officials look at before they believe it."""

from django.db.models import TextChoices


class RowKind(TextChoices):
    """What one counted row stands for."""

    PATENT = "patent", "一件专利的一次转让、许可或作价入股"
    CONTRACT = "contract", "一份转化合同的金额"
    MONEY = "money", "一笔到账"
    LOAN = "loan", "一笔质押贷款"
    FIRM_PATENT = "firm_patent", "受让、被许可或接受出资的企业"
    FIRM_LOAN = "firm_loan", "获得质押贷款的企业"
    FIRM_PAID = "firm_paid", "收到补贴的企业"
    CENTRE = "centre", "一家培育中心"
    IP_STANDARD = "ip_standard", "一家标准化管理企业"
    PROVINCIAL_DEMO = "provincial_demo", "一家省级示范企业"
    INSTITUTION = "institution", "一家省属高校院所"
    ADOPTION = "adoption", "一家已建立申请前评估制度的省属高校院所"
    POOL = "pool", "一件在库专利"
    DEMAND = "demand", "一项在库需求"
    PROJECT = "project", "一个在库融资项目"
    EVENT = "event", "一场路演或对接活动"
    BASE = "base", "一家人才培养基地"
    PRODUCT = "product", "一件备案专利产品"
    NAVIGATION = "navigation", "一个专利导航项目"
    HISTORY = "history", "平台前的历史数"


class Measure(TextChoices):
    """How rows become a number."""

    COUNT = "count", "计数"
    AMOUNT = "amount", "金额合计"
    FIRMS = "firms", "企业去重计数"
    REVENUE = "revenue", "去重企业的营业收入合计"
    EMPLOYEES = "employees", "去重企业的从业人员合计"
    STOCK = "stock", "期末存量"


BY_FIRM = frozenset({Measure.FIRMS, Measure.REVENUE, Measure.EMPLOYEES})


class CitySide(TextChoices):
    """Whose city counts the row."""

    RECEIVER = "receiver", "接受方（企业）所在市"
    GIVER = "giver", "提供方所在市"


class Split(TextChoices):
    TRANSFER = "transfer", "转让"
    LICENCE = "licence", "许可"
    INVESTMENT = "investment", "作价入股"
    PATENT = "patent", "专利"
    TRADEMARK = "trademark", "商标"


class RowSource(TextChoices):
    FORM = "form", "网页填报"
    API = "api", "接口报送"
    SHEET = "sheet", "表格导入"


class RefreshKind(TextChoices):
    ALL = "all", "全部重算"
    CHANGES = "changes", "变动更新"


class FlagKind(TextChoices):
    RELATED = "related", "关联交易"
    ROUND_TRIP = "round_trip", "专利回流"
    CHAIN_PLEDGE = "chain_pledge", "连环质押"
    NO_MONEY = "no_money", "有合同额无到账"
    FREE = "free", "无偿交易"
    QUARTER_END = "quarter_end", "季末突击"
    REPEATED = "repeated", "重复小额交易"


class FlagState(TextChoices):
    OPEN = "open", "待核实"
    CONFIRMED = "confirmed", "确认存疑"
    CLEARED = "cleared", "已排除"


class SubjectKind(TextChoices):
    DEAL = "deal", "转化交易"
    LOAN = "loan", "质押贷款"


class BulletinState(TextChoices):
    FROZEN = "frozen", "已定稿"
    SENT = "sent", "已通报"
    REPLACED = "replaced", "已被更正"


class ReceiptState(TextChoices):
    WAITING = "waiting", "待签收"
    RECEIVED = "received", "已签收"
