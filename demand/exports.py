"""Sheets of needs that leave the portal: public parts only."""

from collections.abc import Iterable

from demand.models import Demand
from demand.policy.disclosure import Reader
from demand.queries.disclosure import view_of
from portal import regions
from portal.sheets.writing import export_workbook

HEADINGS = (
    "编号", "需求名称", "需求描述", "对象或工艺", "目标指标", "限制条件", "已尝试的办法", "行业", "战略性新兴产业",
    "合作方式", "预算（元）", "希望解决时间", "所在市", "企业", "匹配状态",
)  # fmt: skip


def public_workbook(needs: Iterable[Demand]) -> bytes:
    """A workbook of the needs as the public may read them; figures prefetched by the caller."""
    return export_workbook(HEADINGS, (_row(need) for need in needs), sheet_name="技术需求")


def _row(demand: Demand) -> tuple[object, ...]:
    need = view_of(demand, Reader.OUTSIDE)
    return (
        need.ref, need.title, need.description, need.object_text,
        "；".join(filter(None, (*need.figures, need.target_figures))), need.constraints_text, need.tried_text,
        need.industry, need.sei, need.way, need.budget_amount, need.wanted_by, regions.name_of(need.city_code),
        need.firm_name, demand.get_match_state_display(),
    )  # fmt: skip
