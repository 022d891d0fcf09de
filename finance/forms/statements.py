"""A bank's statement that the province brings in."""

from django import forms

from finance.queries.statements import lenders_with_loans
from portal.accounts.models import Organisation
from portal.ui.handling import DayInput


class StatementForm(forms.Form):
    institution = forms.ModelChoiceField(label="金融机构", queryset=Organisation.objects.none(), empty_label="请选择")
    day = forms.DateField(label="对账日", widget=DayInput())
    number = forms.CharField(label="对账单编号", max_length=60, help_text="银行的编号，同一机构内不重复。")
    file = forms.FileField(
        label="对账单文件",
        help_text=".csv、.xlsx 或 .xls，列为：项目编号、合同本金（元）、本金余额（元）、状态。",
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请重新选择。"},
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.xls"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["institution"].queryset = lenders_with_loans()  # type: ignore[attr-defined]
