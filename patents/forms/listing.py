"""Forms of a holder's offer and of what it may add to the record."""

from typing import Any

from django import forms

from patents.checks.listing import OFFER_FIELDS, Offer
from patents.enums import FeeReduction, TransferWay
from patents.models import Listing, Patent
from patents.models.pool import NAME_SEPARATOR, split_names
from patents.queries.parties import owners_of
from portal import clock
from portal.codes import parse_class_symbol
from portal.errors import Invalid
from portal.ui.fields import WanField


def _text(label: str, help_text: str, *, rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=2000, widget=widget)


class ListingForm(forms.Form):
    """How a holder offers a patent. It may be saved with parts missing; the page then says which."""

    maturity = forms.TypedChoiceField(
        label="技术成熟度（TRL 1-9）",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "未填写"), *((level, f"{level} 级") for level in range(1, 10))],
        help_text="1 级为基本原理，9 级为实际应用；企业通常寻找 7 级以上的技术。",
    )
    problem = _text("解决的技术问题", "用企业看得懂的话，说明这项专利解决什么问题。")
    effect = _text("技术效果", "与现有方案相比的效果，最好有数据。")
    application_fields = forms.CharField(
        label="应用领域", required=False, max_length=500, help_text="产品或者行业，多个以顿号分隔。"
    )
    comparison = _text("与现有方案的经济性比较", "现有方案的成本与采用本专利后的成本，写明单位。")
    transfer_ways = forms.MultipleChoiceField(
        label="转化方式", required=False, choices=TransferWay.choices, widget=forms.CheckboxSelectMultiple
    )
    price_low_amount = WanField(
        label="意向价格下限（万元）", required=False, max_length=30, help_text="单一价格时上下限填写相同数字。"
    )
    price_high_amount = WanField(label="意向价格上限（万元）", required=False, max_length=30)
    is_price_negotiable = forms.BooleanField(label="价格面议", required=False)
    contact_name = forms.CharField(label="联系人", required=False, max_length=50)
    contact_phone = forms.CharField(label="联系电话", required=False, max_length=30)

    @classmethod
    def initial_of(cls, listing: Listing | None) -> dict[str, Any]:
        """What the form shows of a listing that is there."""
        return {name: getattr(listing, name) for name in OFFER_FIELDS} if listing else {}

    def offer(self) -> Offer:
        """What was filled in; a price without an upper limit is a single one."""
        given = dict(self.cleaned_data)
        if given["price_high_amount"] is None:
            given["price_high_amount"] = given["price_low_amount"]
        return Offer(**given)


class ReasonForm(forms.Form):
    """The reason that ends an offer."""

    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class AgreementForm(forms.Form):
    """A co-owner's consent."""

    agreed_on = forms.DateField(
        label="同意日期", initial=clock.today, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    agreement = forms.CharField(
        label="书面依据", max_length=500, help_text="例如：共有人于 2026 年 11 月 20 日出具的同意函。"
    )


class RecordForm(forms.ModelForm):
    """What a holder may add to the record; each field keeps where it came from."""

    family_lines = forms.CharField(
        label="同族专利",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="每行一件：国别代码、空格、号码，例如 US 10123456B2。",
    )
    same_day_number = forms.CharField(
        label="同日申请的发明专利", required=False, max_length=30, help_text="实用新型填写，例如 201710601862.3。"
    )

    further_classes = forms.CharField(
        label="其他分类号", required=False, max_length=600, help_text="多个以分号分隔，例如 B25B11/00；B25J15/00。"
    )
    inventor_names = forms.CharField(
        label="发明人（设计人）",
        required=False,
        max_length=600,
        help_text="按登记的次序，多个以分号分隔；转化收益分配时按此列出。",
    )
    shares = forms.CharField(label="共有份额", required=False, max_length=300)

    class Meta:
        model = Patent
        fields = (
            "fees_paid_through",
            "fee_reduction",
            "claim_count",
            "first_claim",
            "published_on",
            "priority_on",
            "priority_numbers",
            "agency_name",
            "agent_names",
        )
        widgets = {
            "first_claim": forms.Textarea(attrs={"rows": 4}),
            "published_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "priority_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "fees_paid_through": "最近一次缴费对应的年度，例如已缴第 9 年度年费填 9；平台据此计算下一次缴费日。",
            "fee_reduction": "以国家知识产权局的减缴审批为准。",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fee_reduction"].choices = FeeReduction.choices  # type: ignore[attr-defined]
        self.fields["fee_reduction"].required = False
        patent: Patent = self.instance
        owners = owners_of(patent) if patent.pk else []
        self.fields[
            "shares"
        ].help_text = f"按次序填写 {'、'.join(owner.name for owner in owners)} 的份额，例如 70%；30%，合计 100%。"
        if len(owners) <= 1:
            del self.fields["shares"]
        if patent.pk and not self.is_bound:
            self.initial["further_classes"] = "；".join(patent.further_classes)
            self.initial["inventor_names"] = patent.inventor_names
            if all(owner.share for owner in owners):
                self.initial["shares"] = "；".join(
                    f"{(owner.share or 0) * 100:f}".rstrip("0").rstrip(".") + "%" for owner in owners
                )
            members = patent.family.all()
            self.initial["family_lines"] = "\n".join(f"{member.country} {member.number}" for member in members)
            same_day = patent.same_day_invention
            self.initial["same_day_number"] = same_day.display_number if same_day else ""

    def clean_further_classes(self) -> list[str]:
        written = self.cleaned_data["further_classes"].replace("；", ";").split(";")
        try:
            return list(dict.fromkeys(parse_class_symbol(part).symbol for part in written if part.strip()))
        except Invalid as refusal:
            raise forms.ValidationError(refusal.message) from refusal

    def clean_inventor_names(self) -> str:
        return NAME_SEPARATOR.join(split_names(self.cleaned_data["inventor_names"].replace(";", NAME_SEPARATOR)))

    def _post_clean(self) -> None:
        """Leave the instance alone: the service checks and writes."""
