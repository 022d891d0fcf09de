"""Forms of a deal's steps. What they mean is judged by the services; here only the writing is read."""

from typing import Any

from django import forms

from patents.enums import RoyaltyBase
from patents.enums.deals import (
    AGREED_WAYS,
    NEGOTIABLE,
    WITH_VALUE,
    Audience,
    ConsentKind,
    DealKind,
    DocumentKind,
    EndReason,
    MoneyKind,
    ObjectionOutcome,
    Pricing,
    Side,
)
from patents.models import Deal
from portal.attachments.forms import DocumentField
from portal.ui.fields import PercentField, WanField, YuanField
from portal.ui.handling import DayInput

CHOOSE = [("", "请选择")]


def day(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    """A date."""
    return forms.DateField(label=label, required=required, help_text=help_text, widget=DayInput())


def text(
    label: str, *, required: bool = True, limit: int = 2000, rows: int = 4, help_text: str = ""
) -> forms.CharField:
    """Some lines of text."""
    return forms.CharField(
        label=label, required=required, max_length=limit, help_text=help_text, widget=forms.Textarea({"rows": rows})
    )


class DealForm(forms.Form):
    """A form that may need to know its deal."""

    def __init__(self, *args: Any, deal: Deal | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deal = deal
        if deal is not None:
            self.for_deal(deal)

    def for_deal(self, deal: Deal) -> None:
        """Narrow the choices to what the deal allows."""


class EnquiryForm(DealForm):
    kind = forms.ChoiceField(label="希望的方式", choices=CHOOSE + NEGOTIABLE)
    message = text("意向说明", help_text="用在什么产品上、希望解决什么问题、何时需要；不要写技术秘密。")


class TalksForm(DealForm):
    numbers = text(
        "专利申请号", rows=3, limit=1500, help_text="本单位的专利，每行一个，例如 201710601862.3；一次最多 50 件。"
    )
    kind = forms.ChoiceField(label="方式", choices=CHOOSE + NEGOTIABLE)
    receiver = forms.CharField(label="对方统一社会信用代码", max_length=30, help_text="对方须已在平台注册并通过审核。")
    note = text("说明", required=False, limit=1000)


class MessageForm(DealForm):
    message = text("留言", rows=3)


class AnswerForm(DealForm):
    message = text("答复", help_text="答复后进入洽谈，对方会收到通知。")


class EndForm(DealForm):
    end_reason = forms.ChoiceField(label="终止原因", choices=CHOOSE + EndReason.choices)
    end_note = text("说明", required=False, limit=500, rows=3, help_text="选“其他”或已签合同时必填。")


class CloseForm(DealForm):
    end_note = text("说明", required=False, limit=500, rows=3, help_text="未足额到账时必填。")


class ReasonForm(DealForm):
    reason = text("原因", limit=300, rows=3)


class ReversalForm(ReasonForm):
    told = (
        "冲销不删除原记录，而是增加一笔相反的记录；正确的到账另行登记。该笔到账的收益分配表随之作废，"
        "已发放的金额保留，在收益分配页显示为多发，待下次发放时抵扣。交易已完成的，冲销后重新回到“到账中”。"
    )


class EmptyForm(DealForm):
    """A step that needs nothing but the button."""


class ConsentForm(DealForm):
    patent_id = forms.TypedChoiceField(label="专利", coerce=int)
    kind = forms.ChoiceField(label="同意事项", choices=CHOOSE + ConsentKind.choices)
    given_by = forms.CharField(label="同意人", max_length=200, help_text="质权人或共有权利人的全称。")
    given_on = day("同意日期")
    file = DocumentField(label="证明文件")

    def for_deal(self, deal: Deal) -> None:
        items = deal.items.select_related("patent").order_by("id")
        self.fields["patent_id"].choices = [(item.patent_id, str(item.patent)) for item in items]  # type: ignore[attr-defined]


class PublicityForm(DealForm):
    result_name = forms.CharField(label="科技成果名称", max_length=300)
    price_amount = WanField(label="拟交易价格（万元）", required=False, max_length=30)
    price_text = forms.CharField(
        label="价格说明", required=False, max_length=300, help_text="提成等没有固定金额的，用文字说明。"
    )
    starts_on = day("公示开始日")
    ends_on = day("公示截止日", help_text="不少于 15 日，首日不计。")
    place = forms.CharField(label="公示地点（网址）", max_length=300)
    objection_contact = forms.CharField(label="异议受理方式", max_length=200, help_text="部门、电话；对外公开。")
    file = DocumentField(label="公示材料", required=False)


class ObjectionForm(DealForm):
    raised_by = forms.CharField(label="提出人", max_length=100, help_text="不对外公开。")
    raised_on = day("提出日期")
    content = text("异议内容")


class HandleObjectionForm(DealForm):
    outcome = forms.ChoiceField(
        label="处理结论", choices=[choice for choice in ObjectionOutcome.choices if choice[0] != ObjectionOutcome.OPEN]
    )
    handling = text("处理情况", help_text="对外公开。")


class ContractForm(DealForm):
    number = forms.CharField(label="合同编号", max_length=60)
    signed_on = day("签订日期")
    valid_from = day("合同生效日")
    valid_to = day("许可期限截止日", required=False)
    pricing = forms.ChoiceField(label="计价方式", choices=CHOOSE + Pricing.choices)
    price_way = forms.ChoiceField(
        label="定价方式", choices=CHOOSE + AGREED_WAYS, help_text="高校院所协议定价须先公示 15 日。"
    )
    value_amount = WanField(
        label="合同金额（万元）", required=False, max_length=30, help_text="固定金额或入门费；纯提成、无偿的留空。"
    )
    royalty_rate = PercentField(label="提成比例（%）", required=False, max_length=20)
    royalty_base = forms.ChoiceField(label="提成基数", required=False, choices=CHOOSE + RoyaltyBase.choices)
    valuation_amount = WanField(label="评估价（万元）", required=False, max_length=30)
    is_related_party = forms.BooleanField(
        label="双方受同一实际控制人控制（关联交易）", required=False, help_text="关联交易在统计中单独列示。"
    )
    file = DocumentField(label="合同文件")
    valuation = DocumentField(label="评估报告", required=False)

    def for_deal(self, deal: Deal) -> None:
        if deal.kind in (DealKind.TRANSFER, DealKind.INVESTMENT):
            del self.fields["valid_to"]


class SupplementForm(DealForm):
    number = forms.CharField(label="补充协议编号", max_length=60)
    signed_on = day("签订日期")
    reason = text("变更原因", limit=300, rows=2)
    value_amount = WanField(label="变更后合同金额（万元）", required=False, max_length=30, help_text="金额不变的留空。")
    valid_to = day("变更后许可期限截止日", required=False, help_text="期限不变的留空。")
    file = DocumentField(label="双方签署的补充协议")

    def for_deal(self, deal: Deal) -> None:
        if deal.kind in (DealKind.TRANSFER, DealKind.INVESTMENT):
            del self.fields["valid_to"]
        if deal.contract.pricing not in WITH_VALUE:
            del self.fields["value_amount"]


class PlanLineForm(forms.Form):
    due_on = day("应付日")
    amount = WanField(label="金额（万元）", max_length=30)
    condition = forms.CharField(label="付款条件", required=False, max_length=200)


class PartyLineForm(forms.Form):
    side = forms.ChoiceField(label="身份", choices=CHOOSE + Side.choices)
    name = forms.CharField(label="名称", max_length=200)
    uscc = forms.CharField(label="统一社会信用代码", required=False, max_length=30)
    share = PercentField(label="份额（%）", max_length=20)


PlanFormSet = forms.formset_factory(PlanLineForm, extra=4, max_num=24, validate_max=True)
PartyFormSet = forms.formset_factory(PartyLineForm, extra=3, max_num=20, validate_max=True)


class TechnicalContractForm(DealForm):
    technical_contract_number = forms.CharField(
        label="技术合同登记编号", max_length=30, help_text="16 位数字，由技术合同登记机构给出（编号格式未经确认）。"
    )
    file = DocumentField(label="登记证明", required=False)


class RecordForm(DealForm):
    number = forms.CharField(label="登记（备案）号", max_length=60)
    recorded_on = day("登记（备案）日", help_text="许可为备案日，作价投资为企业登记日。")
    effective_on = day("生效日", help_text="转让自登记之日起生效；统计按此日期计数。")
    file = DocumentField(label="登记（备案）证明")


class MoneyForm(DealForm):
    kind = forms.ChoiceField(label="款项")
    amount = YuanField(label="到账金额（元）", max_length=30, help_text="以元为单位，精确到分；也可写“30万元”。")
    received_on = day("到账日期")
    payer_id = forms.TypedChoiceField(label="付款方", coerce=int)
    note = forms.CharField(label="说明", required=False, max_length=300)
    file = DocumentField(label="到账凭证")

    def for_deal(self, deal: Deal) -> None:
        payers = deal.parties.filter(side=Side.RECEIVER).order_by("-is_lead", "id")
        self.fields["payer_id"].choices = [(party.pk, party.name) for party in payers]  # type: ignore[attr-defined]
        kinds = [choice for choice in MoneyKind.choices if choice[0] != MoneyKind.SHARES]
        if deal.kind == DealKind.INVESTMENT:
            kinds = [choice for choice in MoneyKind.choices if choice[0] != MoneyKind.ROYALTY]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class DocumentForm(DealForm):
    kind = forms.ChoiceField(label="文件类型", choices=CHOOSE + DocumentKind.choices)
    audience = forms.ChoiceField(label="可见范围", choices=Audience.choices)
    file = DocumentField(label="文件")
