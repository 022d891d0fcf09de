"""Forms of the organiser."""

from typing import Any

from django import forms

from events.checks.agenda import SlotFacts
from events.enums import ExhibitKind, FileKind, OutcomeKind, SlotKind
from events.models import Event, Speaker
from events.services import NewPlace, Statement
from finance.models import Product
from patents.enums.deals import NEGOTIABLE
from portal.attachments.forms import DocumentField
from portal.ui.fields import YuanField
from portal.ui.handling import DayInput

CHOOSE = [("", "请选择")]


class MomentInput(forms.DateTimeInput):
    """A date with its time, as browsers ask for it."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class SlotForm(forms.Form):
    kind = forms.ChoiceField(label="类型", choices=SlotKind.choices)
    title = forms.CharField(label="议程", max_length=200)
    starts_at = forms.DateTimeField(label="开始", widget=MomentInput())
    ends_at = forms.DateTimeField(label="结束", widget=MomentInput())
    room = forms.CharField(label="场地", max_length=100, required=False)
    speaker = forms.ModelChoiceField(
        label="主讲人", required=False, queryset=Speaker.objects.order_by("name", "id"), empty_label="无"
    )

    @property
    def facts(self) -> SlotFacts:
        return SlotFacts(**self.cleaned_data)


class SpeakerForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=50)
    organisation_name = forms.CharField(label="单位", max_length=200)
    title = forms.CharField(label="职务、职称", max_length=100, required=False)
    summary = forms.CharField(label="简介", max_length=500, required=False)


class TablesForm(forms.Form):
    count = forms.IntegerField(label="洽谈桌数", min_value=0)


class ExhibitForm(forms.Form):
    """A patent or need by its number, or a product of the list."""

    kind = forms.ChoiceField(label="类型", choices=ExhibitKind.choices)
    number = forms.CharField(
        label="专利申请号或需求编号", max_length=40, required=False, help_text="例如 201710601862.3，或技术需求编号。"
    )
    product = forms.ModelChoiceField(label="金融产品", required=False, queryset=Product.objects.none())
    note = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Product.objects.on_sale().select_related("institution").order_by("institution__name", "id")
        self.fields["product"].queryset = rows  # type: ignore[attr-defined]

    @property
    def thing(self) -> dict[str, str]:
        given = self.cleaned_data
        number = given["number"]
        if given["kind"] == ExhibitKind.PRODUCT:
            number = str(given["product"].pk) if given["product"] else ""
        return {"kind": given["kind"], "number": number, "note": given["note"]}


class FileForm(forms.Form):
    kind = forms.ChoiceField(label="种类", choices=FileKind.choices)
    file = DocumentField(label="文件")


class ShiftForm(forms.Form):
    """Another time or place."""

    starts_at = forms.DateTimeField(label="新的开始时间", widget=MomentInput())
    ends_at = forms.DateTimeField(label="新的结束时间", widget=MomentInput())
    place = forms.CharField(label="地点", max_length=200)
    reason = forms.CharField(
        label="变更原因", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="参会人员和公众能看到。"
    )

    @property
    def to(self) -> NewPlace:
        return NewPlace(**self.cleaned_data)


class ReportForm(forms.Form):
    text = forms.CharField(label="活动总结", max_length=5000, widget=forms.Textarea(attrs={"rows": 8}))
    spent_amount = YuanField(label="实际支出（元）")


class StatementForm(forms.Form):
    """Something that happened outside the portal."""

    kind = forms.ChoiceField(label="成果", choices=CHOOSE + OutcomeKind.choices)
    happened_on = forms.DateField(label="发生日期", widget=DayInput())
    amount = YuanField(label="金额（元）", required=False, help_text="合同、贷款和到账必填。")
    description = forms.CharField(label="双方和内容", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    file = DocumentField(label="证明材料")

    @property
    def statement(self) -> Statement:
        return Statement(**self.cleaned_data)


class LinkForm(forms.Form):
    ref = forms.CharField(label="交易或融资项目编号", max_length=20)


class VoidForm(forms.Form):
    reason = forms.CharField(label="撤销原因", max_length=500)


class CodeForm(LinkForm):
    """What a participant enters."""

    code = forms.CharField(label="活动代码", max_length=20, help_text="见会议材料或参会证，例如 HD00007H。")
    field_order = ("code", "ref")


class AskForm(forms.Form):
    kind = forms.ChoiceField(label="希望的方式", choices=CHOOSE + NEGOTIABLE)
    message = forms.CharField(
        label="意向说明",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="用在什么产品上、希望解决什么问题、何时需要；不要写技术秘密。",
    )


def shift_of(event: Event) -> dict[str, Any]:
    """The form's first values: as it is now."""
    return {"starts_at": event.starts_at, "ends_at": event.ends_at, "place": event.place}
