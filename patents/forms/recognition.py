"""Forms of recognitions."""

from django import forms

from patents.enums.recognition import RecognitionKind
from portal.ui.handling import DayInput


class RecognitionForm(forms.Form):
    """An application."""

    kind = forms.ChoiceField(
        label="认定类型",
        choices=[(kind.value, kind.label) for kind in (RecognitionKind.IP_STANDARD, RecognitionKind.PROVINCIAL_DEMO)],
        help_text="国家优势、示范企业由国家知识产权局认定，平台只登记结果。",
    )
    statement = forms.CharField(
        label="申请说明",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="知识产权管理制度、人员、专利数量和运用情况。",
    )


class StatementForm(forms.Form):
    """A change of the statement."""

    statement = forms.CharField(label="申请说明", max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))


class DecisionForm(forms.Form):
    """The decision's document and day."""

    document_number = forms.CharField(label="认定文号", max_length=100)
    granted_on = forms.DateField(label="认定日", widget=DayInput())


class UploadForm(forms.Form):
    """One list."""

    file = forms.FileField(
        label="认定名单",
        help_text="支持 .xlsx、.xls、.csv，最大 50 MB；列见模板。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"empty": "文件是空的，没有任何数据。", "required": "请选择文件。"},
    )
