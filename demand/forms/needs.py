"""The form in which a firm describes its need."""

from decimal import Decimal
from typing import Any

from django import forms

from demand.checks.needs import (
    FIGURE_STEP,
    MAX_FIGURES,
    MAX_LINE,
    MAX_QUANTITY,
    MAX_TEXT,
    MAX_TITLE,
    MAX_UNIT,
    MIN_DESCRIPTION,
    Figure,
    Need,
    check_fields,
)
from demand.enums import (
    DEFAULT_DISCLOSURE,
    Comparison,
    CooperationWay,
    Disclosure,
    NeedPart,
    Outcome,
    StrategicIndustry,
)
from demand.models import Demand, TargetFigure
from demand.policy.disclosure import Reader, is_shown
from demand.policy.drafting import Draft
from demand.ranking import NeedText
from patents.models import Patent
from patents.numbers import parse_application_number
from portal.errors import Invalid
from portal.ui.fields import WanField

SPARE_FIGURES = 2
"""Empty rows that the form offers beside those filled in; a button adds more."""
BLANK_CHOICE = [("", "未选择")]


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class FieldsField(forms.CharField):
    """IPC subclasses with a mark between: `C21D，B23P`."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        for mark in "，、；;/":
            text = text.replace(mark, ",")
        codes = tuple(dict.fromkeys(part.strip().upper() for part in text.split(",") if part.strip()))
        try:
            check_fields(codes)
        except Invalid as error:
            raise forms.ValidationError(error.message) from error
        return codes

    def run_validators(self, value: Any) -> None:
        """Leave out those of the text: the value is codes by now."""

    def prepare_value(self, value: Any) -> Any:
        return "，".join(value) if isinstance(value, (list, tuple)) else value


class PatentNumberField(forms.CharField):
    """An application number of the pool; its value is the patent's key."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            number = parse_application_number(text)
        except Invalid as error:
            raise forms.ValidationError(error.message) from error
        found = Patent.objects.filter(number=number.value).values_list("pk", flat=True).first()
        if found is None:
            raise forms.ValidationError("专利库中没有这个申请号。")
        return found


class DemandForm(forms.Form):
    title = forms.CharField(
        label="需求名称",
        max_length=MAX_TITLE,
        help_text="用技术术语写明对象和问题，例如：风电齿轮箱行星齿轮渗碳淬火变形控制。",
    )
    object_text = forms.CharField(
        label="对象或工艺",
        required=False,
        max_length=MAX_LINE,
        help_text="哪种产品、部件、材料或者哪道工艺，例如：行星齿轮渗碳淬火。",
    )
    description = forms.CharField(
        label="需求描述",
        min_length=MIN_DESCRIPTION,
        max_length=MAX_TEXT,
        widget=_area(6),
        help_text="现在怎样做、遇到什么技术问题、希望怎样解决。名称和描述对外公开，匹配以此为依据，请勿写入保密内容。",
    )
    target_figures = forms.CharField(
        label="其他指标说明", required=False, max_length=MAX_TEXT, widget=_area(2), help_text="不便逐项填写的指标。"
    )
    constraints_text = forms.CharField(label="限制条件", required=False, max_length=MAX_TEXT, widget=_area(2))
    tried_text = forms.CharField(
        label="已尝试的办法", required=False, max_length=MAX_TEXT, widget=_area(2), help_text="试过什么、效果怎样。"
    )
    secret_text = forms.CharField(
        label="保密说明",
        required=False,
        max_length=MAX_TEXT,
        widget=_area(2),
        help_text="不参与匹配；经您逐一同意后，指定的权利人才能看到。",
    )
    industry_code = forms.CharField(
        label="国民经济行业代码", required=False, max_length=5, help_text="GB/T 4754，例如 C3484。"
    )
    industry_name = forms.CharField(label="所属行业", required=False, max_length=200)
    sei_code = forms.ChoiceField(
        label="战略性新兴产业", required=False, choices=[*BLANK_CHOICE, *StrategicIndustry.choices]
    )
    ipc_codes = FieldsField(
        label="技术领域（IPC 小类）",
        required=False,
        max_length=60,
        help_text="可采用“填写帮助”中的建议，最多 5 个，用逗号隔开。",
    )
    cooperation_way = forms.ChoiceField(label="合作方式", choices=CooperationWay.choices, initial=CooperationWay.ANY)
    budget_amount = WanField(
        label="预算（万元）", required=False, max_length=30, help_text="不写单位时按万元计，可不填。"
    )
    wanted_by = forms.DateField(
        label="希望解决时间", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes, but for figures and disclosure."""
        return dict(self.cleaned_data)


class FigureForm(forms.Form):
    """One row of the target figures; a row without quantity and value is left out."""

    asked_of_some = ("quantity", "value", "unit")
    quantity = forms.CharField(label="指标", required=False, max_length=MAX_QUANTITY)
    comparison = forms.ChoiceField(label="要求", choices=Comparison.choices, initial=Comparison.AT_LEAST)
    value = forms.DecimalField(label="数值", required=False, max_digits=18, decimal_places=6)
    unit = forms.CharField(label="单位", required=False, max_length=MAX_UNIT)

    def clean(self) -> dict[str, Any]:
        """A row is whole or empty."""
        cleaned = super().clean() or {}
        quantity, value = cleaned.get("quantity"), cleaned.get("value")
        if quantity and value is None and "value" not in self.errors:
            self.add_error("value", f"请填写“{quantity}”的数值。")
        if value is not None and not quantity:
            self.add_error("quantity", "请填写指标名称。")
        return cleaned


class BaseFigureSet(forms.BaseFormSet):
    @property
    def figures(self) -> tuple[Figure, ...]:
        """The rows that are filled in."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("quantity")]
        return tuple(
            Figure(row["quantity"], row["comparison"], Decimal(row["value"]).quantize(FIGURE_STEP), row["unit"])
            for row in rows
        )


FigureSet = forms.formset_factory(
    FigureForm, formset=BaseFigureSet, extra=SPARE_FIGURES, max_num=MAX_FIGURES, validate_max=True
)


class DisclosureForm(forms.Form):
    """For each part who may read it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part in NeedPart:
            self.fields[part.value] = forms.ChoiceField(
                label=part.label, choices=Disclosure.choices, initial=DEFAULT_DISCLOSURE[part]
            )


class NeedForms:
    """The three forms of a need as one."""

    def __init__(self, data: Any = None, *, demand: Demand | None = None) -> None:
        figures = [_figure_values(figure) for figure in demand.figures.all()] if demand else []
        self.main = DemandForm(data, initial=initial_of(demand) if demand else {})
        self.figures: BaseFigureSet = FigureSet(data, initial=figures, prefix="figures")  # type: ignore[assignment]
        levels = {**DEFAULT_DISCLOSURE, **(demand.disclosure if demand else {})}
        self.disclosure = DisclosureForm(data, initial=levels, prefix="disclosure")

    def is_valid(self) -> bool:
        """Whether all three are; all are checked."""
        return all([self.main.is_valid(), self.figures.is_valid(), self.disclosure.is_valid()])

    @property
    def need(self) -> Need:
        """What the services take."""
        levels = self.disclosure.cleaned_data
        return Need(**self.main.values, figures=self.figures.figures, disclosure=levels)

    @property
    def draft(self) -> Draft:
        """What stands in the forms, valid or not."""
        filled = [form for form in self.figures.forms if form["quantity"].value() and form["value"].value()]
        return Draft(**{name: self._raw(name) for name in _DRAFT_FIELDS}, figure_count=len(filled))

    @property
    def public_text(self) -> NeedText:
        """The parts of the draft that may be matched."""
        levels = {part.value: self.disclosure[part.value].value() or "" for part in NeedPart}
        shown = self._raw("object_text") if is_shown(NeedPart.OBJECT, levels, Reader.OUTSIDE) else ""
        return NeedText(self._raw("title"), "\n".join(filter(None, (shown, self._raw("description")))))

    def _raw(self, name: str) -> str:
        return str(self.main[name].value() or "")


_DRAFT_FIELDS = ("title", "description", "object_text", "target_figures")


class CloseForm(forms.Form):
    """How a need ended."""

    outcome = forms.ChoiceField(label="结果", choices=Outcome.choices, widget=forms.RadioSelect)
    patent = forms.ChoiceField(label="解决需求的专利", required=False)
    note = forms.CharField(label="说明", required=False, max_length=500, widget=_area(2))

    def __init__(self, *args: Any, patents: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["patent"].choices = [*BLANK_CHOICE, *patents]  # type: ignore[attr-defined]

    @property
    def patent_id(self) -> int | None:
        """The patent chosen, if any."""
        return int(self.cleaned_data["patent"]) if self.cleaned_data["patent"] else None


class OfficialCloseForm(forms.Form):
    """How a need ended, as its city writes it; the patent by its number."""

    outcome = forms.ChoiceField(label="结果", choices=Outcome.choices, widget=forms.RadioSelect)
    patent_id = PatentNumberField(
        label="解决需求的专利申请号", required=False, max_length=20, help_text="只有“通过平台专利解决”时填写。"
    )
    note = forms.CharField(label="说明", required=False, max_length=500, widget=_area(2))


def _figure_values(figure: TargetFigure) -> dict[str, str]:
    value = f"{figure.value.normalize():f}"
    return {"quantity": figure.quantity, "comparison": figure.comparison, "value": value, "unit": figure.unit}


def initial_of(demand: Demand) -> dict[str, Any]:
    """A need as the form's first values."""
    return {name: getattr(demand, name) for name in DemandForm.base_fields}
