"""Legal events of a patent and what they lay over its status."""

from django.db.models import TextChoices


class EventCode(TextChoices):
    """Codes of the patent gazette (RULES section 1), then those without a confirmed code.

    Labels say what the gazette calls the event. `GR01` stands for every grant: the source names designs only.
    """

    AV01 = "AV01", "专利权人放弃专利权"
    CB03 = "CB03", "著录事项变更"
    CF01 = "CF01", "未缴年费专利权终止"
    CX01 = "CX01", "专利权有效期届满"
    CP01 = "CP01", "专利权人姓名或者名称变更"
    CP02 = "CP02", "专利权人地址变更"
    CP03 = "CP03", "专利权人名称和地址变更"
    DD01 = "DD01", "公告送达"
    EE01 = "EE01", "专利实施许可合同备案"
    EM01 = "EM01", "专利实施许可合同备案变更"
    EC01 = "EC01", "专利实施许可合同备案注销"
    GR01 = "GR01", "专利权授予"
    IP01 = "IP01", "专利权部分无效"
    IW01 = "IW01", "专利权全部无效"
    PE01 = "PE01", "专利权质押登记"
    PM01 = "PM01", "专利权质押登记变更"
    PC01 = "PC01", "专利权质押登记注销"
    PP01 = "PP01", "专利权保全"
    PD01 = "PD01", "专利权保全解除"
    RR01 = "RR01", "专利权恢复"
    TR01 = "TR01", "专利权转移"
    # Seen in practice, codes unconfirmed (GK 0.7).
    PB01 = "PB01", "发明专利申请公布"
    SE01 = "SE01", "实质审查的生效"
    WD01 = "WD01", "申请撤回或者视为撤回"
    RJ01 = "RJ01", "申请驳回"
    OL01 = "OL01", "开放许可声明"
    # The portal's own: the gazette announces these under no code of their own.
    XOL2 = "XOL2", "开放许可声明撤回"
    XIR1 = "XIR1", "无效宣告请求受理"
    XIR2 = "XIR2", "无效宣告请求终结（维持有效或者撤回）"
    XOD1 = "XOD1", "因权属纠纷中止程序"
    XOD2 = "XOD2", "中止程序恢复"


UNCONFIRMED_CODES = frozenset(
    {EventCode.PB01, EventCode.SE01, EventCode.WD01, EventCode.RJ01, EventCode.OL01}
    | {EventCode.XOL2, EventCode.XIR1, EventCode.XIR2, EventCode.XOD1, EventCode.XOD2}
)
"""Codes with a confidence below 0.8: pages say 未经确认."""


class Overlay(TextChoices):
    """What lies over a status; several may hold at once (RULES section 1, status_model)."""

    PLEDGED = "pledged", "已质押"
    FROZEN = "frozen", "保全（查封）"
    LICENSED_EXCLUSIVE = "licensed_exclusive", "独占许可中"
    LICENSED_SOLE = "licensed_sole", "排他许可中"
    LICENSED_ORDINARY = "licensed_ordinary", "普通许可中"
    OPEN_LICENCE = "open_licence", "开放许可"
    INVALIDATION_PENDING = "invalidation_pending", "无效宣告请求中"
    OWNERSHIP_DISPUTE = "ownership_dispute", "权属纠纷（程序中止）"
    INVALID_PART = "invalid_part", "部分无效"


class LicenceKind(TextChoices):
    EXCLUSIVE = "exclusive", "独占许可"
    SOLE = "sole", "排他许可"
    ORDINARY = "ordinary", "普通许可"
