"""Forms of the way from money received to inventors."""

from typing import Any

from django import forms

from patents.enums.deals import CostKind, ShareGroup
from patents.forms.deals import CHOOSE, DealForm, day
from portal.attachments.forms import DocumentField
from portal.ui.fields import PercentField, YuanField


class RatesForm(forms.Form):
    """Rates that are left out are the institution's own, or the law's floor."""

    inventor_rate = PercentField(label="完成人比例（%）", required=False, max_length=20)
    office_rate = PercentField(label="转化机构和人员比例（%）", required=False, max_length=20)


class CostLineForm(forms.Form):
    kind = forms.ChoiceField(label="类别", choices=CHOOSE + CostKind.choices)
    amount = YuanField(label="金额（元）", max_length=30)
    note = forms.CharField(label="说明", required=False, max_length=200)
    file = DocumentField(label="凭证", required=False, help_text="")
    document_id = forms.TypedChoiceField(label="已上传的凭证", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, documents: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["document_id"].choices = [*CHOOSE, *documents]  # type: ignore[attr-defined]


class PersonLineForm(forms.Form):
    group = forms.ChoiceField(label="类别", choices=CHOOSE + ShareGroup.choices)
    name = forms.CharField(label="姓名", max_length=60)
    share = PercentField(label="份额（%）", max_length=20)


CostFormSet = forms.formset_factory(CostLineForm, extra=2, max_num=40, validate_max=True)
PersonFormSet = forms.formset_factory(PersonLineForm, extra=2, max_num=60, validate_max=True)


class PayoutForm(DealForm):
    amount = YuanField(label="发放金额（元）", max_length=30)
    paid_on = day("发放日期")
    tax_note = forms.CharField(
        label="税务说明", required=False, max_length=300, help_text="例如：现金奖励减按 50% 计入当月工资薪金所得。"
    )
    file = DocumentField(label="发放凭证")


class ShareRuleForm(forms.Form):
    title = forms.CharField(label="制度名称", max_length=200)
    document_number = forms.CharField(label="文号", required=False, max_length=100)
    inventor_rate = PercentField(label="完成人比例（%）", max_length=20, help_text="不得低于法定下限。")
    office_rate = PercentField(label="转化机构和人员比例（%）", max_length=20)
    in_force_from = day("施行日")
