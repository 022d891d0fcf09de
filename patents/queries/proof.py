"""The figures of a deal as tables, for its proof pack."""

from collections.abc import Iterator
from typing import Any

from patents.models import ContractSupplement, Deal, IncomeWorksheet, Objection, Payout
from patents.queries.deals import contract_of, money_rows
from portal.accounts.models import User
from portal.audit.models import AuditEntry
from portal.clock import SHANGHAI

Table = tuple[str, list[str], list[list[Any]]]


def sheets_of(deal: Deal, user: User) -> Iterator[Table]:
    """Name, headings and rows of each table; those about people's income only for who may see it."""
    yield _overview(deal)
    yield (
        "专利",
        ["申请号", "名称", "类型", "法律状态", "发明人"],
        [
            [p.display_number, p.title, p.get_kind_display(), p.get_legal_status_display(), p.inventor_names]
            for p in deal.patents.order_by("pk")
        ],
    )
    yield (
        "当事人",
        ["身份", "名称", "统一社会信用代码", "类型", "份额"],
        [[p.get_side_display(), p.name, p.uscc, p.get_kind_display(), p.share] for p in deal.parties.all()],
    )
    yield _supplements(deal)
    yield _publicity(deal)
    yield (
        "到账",
        ["款项", "金额（元）", "到账日期", "付款方", "凭证指纹", "冲销", "说明"],
        [
            [
                m.get_kind_display(),
                m.amount,
                m.received_on,
                m.payer.name,
                m.document.sha256,
                m.reverses_id or "",
                m.note,
            ]
            for m in money_rows(deal)
        ],
    )
    sheets = IncomeWorksheet.objects.visible_to(user).filter(money__deal=deal).order_by("id")
    if sheets.exists():
        yield from _income(list(sheets.select_related("money", "party", "rule").prefetch_related("costs", "shares")))
    yield _history(deal)


def _overview(deal: Deal) -> Table:
    rows: list[list[Any]] = [
        ["交易编号", deal.ref],
        ["方式", deal.get_kind_display()],
        ["状态", deal.get_state_display()],
        ["提出日期", deal.opened_on],
        ["登记（备案）号", deal.record_number],
        ["登记（备案）日", deal.recorded_on],
        ["生效日", deal.effective_on],
    ]
    if contract := contract_of(deal):
        rows += [
            ["合同编号", contract.number],
            ["签订日期", contract.signed_on],
            ["许可期限截止日", contract.valid_to],
            ["计价方式", contract.get_pricing_display()],
            ["定价方式", contract.get_price_way_display()],
            ["合同金额（元）", contract.value_amount],
            ["提成比例", contract.royalty_rate],
            ["关联交易", "是" if contract.is_related_party else "否"],
            ["技术合同登记编号", contract.technical_contract_number],
        ]
        rows += [["签订时提示", f"{row['fact']}（{row['article']}）"] for row in contract.findings]
    return "概况", ["项目", "内容"], rows


def _supplements(deal: Deal) -> Table:
    rows = [
        [
            one.number, one.signed_on, one.get_state_display(), one.reason, one.value_before, one.value_after,
            one.valid_to_before, one.valid_to_after, one.document.sha256,
        ]
        for one in ContractSupplement.objects.filter(contract__deal=deal).select_related("document").order_by("id")
    ]  # fmt: skip
    headings = [
        "编号", "签订日期", "状态", "变更原因", "变更前金额（元）", "变更后金额（元）", "变更前截止日", "变更后截止日",
        "文件指纹",
    ]  # fmt: skip
    return "补充协议", headings, rows


def _publicity(deal: Deal) -> Table:
    rows: list[list[Any]] = [
        [
            "公示",
            one.result_name,
            one.price_amount if one.price_amount is not None else one.price_text,
            one.starts_on,
            one.ends_on,
            one.place,
            "已撤回" if one.withdrawn_at else "有效",
        ]
        for one in deal.publicities.order_by("id")
    ]
    rows += [
        ["异议", one.content, "", one.raised_on, one.handled_on, one.handling, one.get_outcome_display()]
        for one in Objection.objects.filter(publicity__deal=deal).order_by("id")
    ]
    return "公示", ["类别", "内容", "价格", "开始（提出）日", "截止（处理）日", "地点（处理情况）", "结论"], rows


def _income(sheets: list[IncomeWorksheet]) -> Iterator[Table]:
    lines = [
        [s.pk, s.party.name, s.get_state_display(), line["article"], line["text"], line["value"]]
        for s in sheets
        for line in s.lines
    ]
    yield "收益分配", ["分配表", "单位", "状态", "依据", "项目", "金额（元）"], lines
    costs = [[s.pk, c.get_kind_display(), c.amount, c.note] for s in sheets for c in s.costs.all()]
    yield "直接成本", ["分配表", "类别", "金额（元）", "说明"], costs
    shares = [
        [s.pk, one.get_group_display(), one.person_name, one.share, one.amount]
        for s in sheets
        for one in s.shares.all()
    ]
    yield "个人份额", ["分配表", "类别", "姓名", "份额", "应发（元）"], shares
    payouts = Payout.objects.filter(share__worksheet__in=sheets).select_related("share", "document").order_by("id")
    paid = [
        [
            p.share.worksheet_id,
            p.share.person_name,
            p.amount,
            p.paid_on,
            p.tax_note,
            p.document.sha256,
            p.reverses_id or "",
        ]
        for p in payouts
    ]
    yield "发放", ["分配表", "姓名", "金额（元）", "发放日期", "税务说明", "凭证指纹", "冲销"], paid


def _history(deal: Deal) -> Table:
    entries = AuditEntry.objects.filter(target_type="patents.deal", target_id=str(deal.pk)).order_by("id")
    rows = [
        [
            entry.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
            str(entry.actor or "系统"),
            entry.verb,
            entry.note,
        ]
        for entry in entries.select_related("actor")
    ]
    return "办理记录", ["时间", "操作人", "操作", "说明"], rows
