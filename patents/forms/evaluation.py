"""Forms of evaluations and of evidence."""

from decimal import Decimal
from typing import Any

from django import forms

from patents.enums.evaluation import AWARDS, EvidenceKind
from patents.policy.evaluation import Indicator, Table
from patents.queries import evaluation as queries
from portal.policy.models import RuleVersion
from portal.ui.handling import DayInput

SEPARATOR = "|"


class OpenForm(forms.Form):
    """Which table and scene: one choice, since each table has scenes of its own."""

    table_and_scene = forms.ChoiceField(label="指标表和场景", widget=forms.RadioSelect)

    def __init__(self, *args: Any, tables: list[RuleVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["table_and_scene"].choices = [  # type: ignore[attr-defined]
            (f"{version.code}{SEPARATOR}{scene.code}", f"{version.title}：{scene.name}")
            for version in tables
            for scene in queries.table_of(version).scenes
        ]

    @property
    def chosen(self) -> dict[str, str]:
        """What the service takes."""
        code, scene = self.cleaned_data["table_and_scene"].split(SEPARATOR)
        return {"table_code": code, "scene": scene}


class ScoreForm(forms.Form):
    """A value for each indicator that the portal cannot fill, and an opinion."""

    def __init__(self, *args: Any, table: Table, wanted: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in table.indicators:
            if row.code in wanted:
                self.fields[row.code] = _value_field(row, table.scale)
        self.codes = [row.code for row in table.indicators if row.code in wanted]
        self.fields["opinion"] = forms.CharField(
            label="意见", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
        )

    @property
    def values(self) -> dict[str, Decimal]:
        """The values by indicator."""
        return {code: self.cleaned_data[code] for code in self.codes}


class ExpertScoreForm(ScoreForm):
    """An expert's values, with the declaration."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opinion"].required = True
        self.fields["has_no_conflict"] = forms.BooleanField(
            label="声明：本人与该专利、权利人及其交易各方没有利益冲突", required=False
        )


def _value_field(row: Indicator, scale: Decimal) -> forms.DecimalField:
    return forms.DecimalField(
        label=f"{row.dimension.label} · {row.name}",
        help_text=f"{row.guide} 0 至 {scale}。".strip(),
        min_value=0,
        max_value=scale,
        max_digits=5,
        decimal_places=1,
    )


class RecuseForm(forms.Form):
    reason = forms.CharField(label="回避原因", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class CloseForm(forms.Form):
    note = forms.CharField(label="说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class AwardForm(forms.Form):
    """An award of the patent."""

    kind = forms.ChoiceField(
        label="奖项种类", choices=[(kind.value, kind.label) for kind in EvidenceKind if kind in AWARDS]
    )
    name = forms.CharField(label="奖项名称和等级", max_length=200, help_text="例如：第二十四届中国专利优秀奖。")
    dated_on = forms.DateField(label="授奖日期", widget=DayInput())
    document = forms.CharField(label="证明文件", max_length=300, help_text="授奖决定的名称和文号。")


class ExpertForm(forms.Form):
    username = forms.CharField(
        label="专家账号", max_length=150, help_text="本平台账号的用户名；与权利人同单位、发明人、许可当事人不能指派。"
    )


class TableUploadForm(forms.Form):
    """A table to draft: its head, and the file with the indicators."""

    code = forms.SlugField(label="版本编号", max_length=60)
    title = forms.CharField(label="名称", max_length=200)
    document_number = forms.CharField(label="文号", max_length=200, required=False)
    source = forms.CharField(label="依据", max_length=300)
    confidence = forms.DecimalField(label="可信度（0 至 1）", min_value=0, max_value=1, max_digits=3, decimal_places=2)
    in_force_from = forms.DateField(label="生效日", widget=DayInput())
    note = forms.CharField(label="存疑说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    file = forms.FileField(label="指标表文件", help_text="JSON，或按模板填写的 .xlsx / .csv，最大 1 MB。")
