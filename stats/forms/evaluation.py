"""Forms of the yearly evaluation."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from stats.models.evaluation import CityEvaluation, EvaluationScheme
from stats.services.evaluation import SchemeTerms


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class SchemeForm(forms.ModelForm):
    """A scheme's head in the admin; the service writes it."""

    class Meta:
        model = EvaluationScheme
        fields = ("year", "title", "document_number", "due_on", "appeal_days")

    def terms(self) -> SchemeTerms:
        """What the service takes."""
        return SchemeTerms(**self.cleaned_data)


class CriterionForm(forms.Form):
    """One thing more that is judged."""

    label = forms.CharField(label="指标", max_length=100)
    points = forms.IntegerField(label="满分", min_value=1, max_value=100)
    guide = forms.CharField(label="评分说明", max_length=300, required=False)


class CodeForm(forms.Form):
    """Which criterion is dropped."""

    code = forms.CharField(label="指标编号", max_length=10, help_text="上表第一列，例如 c3。")


class PointsForm(forms.Form):
    """Points and words for each criterion: a city's own, or the province's."""

    def __init__(
        self,
        *args: Any,
        criteria: Sequence[Mapping[str, Any]],
        scores: Mapping[str, int],
        texts: Mapping[str, str],
        is_required: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [row["code"] for row in criteria]
        for row in criteria:
            code = row["code"]
            self.fields[code] = forms.IntegerField(
                label=f"{row['label']}（0-{row['max']} 分）",
                min_value=0,
                max_value=row["max"],
                initial=scores.get(code),
                help_text=row["guide"],
            )
            self.fields[f"text_{code}"] = forms.CharField(
                label="自评说明" if is_required else "评审意见",
                max_length=1000,
                required=is_required,
                initial=texts.get(code, ""),
                widget=_text(2),
                help_text="" if is_required else "与自评不一致的必填。",
            )

    def scores(self) -> dict[str, int]:
        """The points by criterion."""
        return {code: self.cleaned_data[code] for code in self.codes}

    def texts(self) -> dict[str, str]:
        """The words by criterion."""
        return {code: self.cleaned_data[f"text_{code}"] for code in self.codes}


class AppealForm(forms.Form):
    """Against which points, and why."""

    criterion = forms.ChoiceField(label="指标")
    grounds = forms.CharField(label="申诉理由", max_length=2000, widget=_text(3))

    def __init__(self, *args: Any, evaluation: CityEvaluation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        criteria = evaluation.scheme.criteria
        self.fields["criterion"].choices = [(row["code"], row["label"]) for row in criteria]  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """What becomes of an appeal."""

    score = forms.IntegerField(
        label="复核得分", min_value=0, max_value=100, required=False, help_text="申诉不成立的不填。"
    )
    decision = forms.CharField(label="处理意见", max_length=2000, widget=_text(3))
