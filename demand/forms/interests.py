"""Forms of interest and refusal."""

from django import forms

from demand.checks.interests import MAX_MESSAGE, MAX_NAME, MAX_NOTE, MAX_PHONE
from demand.enums import RefusalReason
from patents.enums.deals import NEGOTIABLE, DealKind


def _message(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=MAX_MESSAGE, widget=forms.Textarea(attrs={"rows": 4}), help_text=help_text
    )


class AnswerForm(forms.Form):
    """A holder offers one of its patents."""

    number = forms.CharField(label="本单位专利的申请号", max_length=20, help_text="例如 201710601862.3。")
    message = _message("应答说明", "如何解决、成熟到什么程度、已有的样机或者应用。")


class AskForm(forms.Form):
    """A firm asks for a patent."""

    kind = forms.ChoiceField(label="希望的方式", choices=NEGOTIABLE, initial=DealKind.ORDINARY)
    message = _message("意向说明", "权利人会看到企业名称和这段说明。")


class AcceptForm(AskForm):
    """A firm takes an answer up."""

    with_secrets = forms.BooleanField(
        label="同时向该权利人公开“经同意后公开”的内容", required=False, help_text="公开后不能收回。"
    )


class RefuseForm(forms.Form):
    """Why a patent does not suit."""

    reasons = forms.MultipleChoiceField(
        label="原因（可多选）",
        choices=RefusalReason.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一个原因，对方据此改进。"},
    )
    note = forms.CharField(label="说明", required=False, max_length=MAX_NOTE, widget=forms.Textarea(attrs={"rows": 3}))


class AskAdviserForm(forms.Form):
    """A firm asks its city for help."""

    message = _message("希望得到的帮助", "例如：联系权利人、看技术是否适用、谈许可条件。所在市会安排顾问与您联系。")


class AdviserForm(forms.Form):
    """Who brings the two sides together."""

    name = forms.CharField(label="顾问姓名", max_length=MAX_NAME)
    phone = forms.CharField(label="顾问电话", max_length=MAX_PHONE)


class ArrangeForm(AdviserForm):
    """The same, with a word to the firm."""

    answer = forms.CharField(
        label="给企业的话", required=False, max_length=MAX_NOTE, widget=forms.Textarea(attrs={"rows": 2})
    )


class WatchForm(forms.Form):
    """A field to watch."""

    ipc_code = forms.CharField(label="技术领域（IPC 小类）", max_length=4, help_text="例如 C21D。")
