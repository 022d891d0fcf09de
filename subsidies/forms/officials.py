"""Forms of officials' pages and of the admin."""

from typing import Any

from django import forms

from portal.ui.fields import YuanField
from portal.ui.handling import DayInput, NoteForm
from subsidies.enums import DoubleDecision, RuleKind, Verdict
from subsidies.models import Budget, Round, SubsidyRule
from subsidies.services.review import COMMENTABLE

TEXT = forms.Textarea(attrs={"rows": 3})


class DeclaredForm(NoteForm):
    """A decision by an official who has declared no conflict of interest."""

    no_conflict = forms.BooleanField(
        label="我与申领单位没有利害关系", error_messages={"required": "有利害关系的应当回避；没有的请勾选声明。"}
    )


class CommentForm(forms.Form):
    """What is to be mended at one thing."""

    field = forms.ChoiceField(label="针对的事项", choices=COMMENTABLE)
    text = forms.CharField(label="意见", max_length=500, widget=TEXT)


class AnswerForm(forms.Form):
    """What came of an objection."""

    upheld = forms.TypedChoiceField(
        label="异议是否成立", choices=[("no", "不成立"), ("yes", "成立，不予支持")], coerce=lambda word: word == "yes"
    )
    answer = forms.CharField(label="处理意见", max_length=500, widget=TEXT)


class ReasonsForm(forms.Form):
    """Published reasons."""

    reasons = forms.CharField(label="决定理由（公布）", max_length=2000, widget=TEXT)


class CorrectionsForm(ReasonsForm):
    """Facts put right, one a line."""

    corrections = forms.CharField(
        label="更正的事实",
        max_length=2000,
        widget=TEXT,
        help_text="每行一项，写成“事实=值”，例如 loan.interest_paid=212916.67；是非写 true 或 false。",
    )

    def clean_corrections(self) -> dict[str, Any]:
        """The lines as {path: value}."""
        found: dict[str, Any] = {}
        for line in self.cleaned_data["corrections"].splitlines():
            if not line.strip():
                continue
            path, mark, value = (part.strip() for part in line.replace("＝", "=").partition("="))
            if not mark or not path or not value:
                raise forms.ValidationError(f"“{line[:40]}”应写成“事实=值”。")
            found[path] = {"true": True, "false": False}.get(value, value)
        return found


class ClawBackForm(forms.Form):
    """How much is asked back, why, and whether the firm is barred."""

    amount = YuanField(label="追回金额（元）", max_length=20)
    reason = forms.CharField(label="追回理由", max_length=500, widget=TEXT)
    bar = forms.BooleanField(label="属于弄虚作假骗取资金，五年内禁止申报（山东省专利条例第五十条）", required=False)


class DayForm(forms.Form):
    """When money came back."""

    received_on = forms.DateField(label="收回日", widget=DayInput())


class VerdictForm(forms.Form):
    """Whether two payments are the same."""

    verdict = forms.ChoiceField(label="甄别结论", choices=[choice for choice in Verdict.choices if choice[0] != "open"])
    reason = forms.CharField(label="理由", max_length=300, widget=TEXT)


class DoubleAwardForm(forms.Form):
    """Whether the second award of a patent is paid."""

    decision = forms.ChoiceField(label="决定", choices=DoubleDecision.choices)
    reason = forms.CharField(label="理由", max_length=300, widget=TEXT)


class SiteCheckForm(forms.Form):
    """What was found on the spot."""

    checked_on = forms.DateField(label="核查日", widget=DayInput())
    passed = forms.TypedChoiceField(
        label="核查结论", choices=[("yes", "相符"), ("no", "不相符")], coerce=lambda word: word == "yes"
    )
    finding = forms.CharField(label="核查情况", max_length=500, widget=TEXT)


class SampleForm(forms.Form):
    """The seed of a sample, so that anybody can draw it again."""

    seed = forms.CharField(label="抽样种子", max_length=40, help_text="例如公开摇号的号码；同一种子抽出同样的申领。")


class SettleForm(forms.Form):
    """A settlement by an official who has declared no conflict of interest."""

    no_conflict = forms.BooleanField(label="我与本次结算的各申领单位没有利害关系")


class BudgetForm(forms.ModelForm):
    """A year's money for a kind."""

    class Meta:
        model = Budget
        fields = ("year", "kind", "total_amount", "shortfall", "basis")


class RoundForm(forms.ModelForm):
    """A round of applications."""

    class Meta:
        model = Round
        fields = ("title", "kind", "year", "opens_on", "closes_on", "notice")

    def clean(self) -> dict[str, Any]:
        """The end is not before the beginning."""
        cleaned = super().clean() or {}
        if not self.errors and cleaned["closes_on"] < cleaned["opens_on"]:
            self.add_error("closes_on", "截止日不能早于开始日。")
        return cleaned


class ReceiptForm(forms.Form):
    """The bank's answer."""

    file = forms.FileField(
        label="回盘文件",
        help_text="支持 .xlsx、.xls、.csv，须有“批次号”“申领编号”“金额（元）”“结果”；成功的填到账日期，失败的填失败原因。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的。"},
    )


class ListForm(forms.Form):
    """A list to look at or to bring in."""

    file = forms.FileField(
        label="文件",
        help_text="支持 .xlsx、.xls、.csv。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的。"},
    )


class CompareForm(forms.Form):
    """Two versions and a year."""

    kind = forms.ChoiceField(label="种类", choices=RuleKind.choices)
    year = forms.IntegerField(label="申报年度", min_value=2016, max_value=2100)
    one = forms.ChoiceField(label="规则版本甲")
    other = forms.ChoiceField(label="规则版本乙", help_text="两个版本都须属于所选种类。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = SubsidyRule.objects.filter(kind__in=RuleKind.values).order_by("kind", "-in_force_from", "-id")
        choices = [(rule.code, f"{rule.code} {rule.title}（{rule.get_state_display()}）") for rule in rows]
        for name in ("one", "other"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
