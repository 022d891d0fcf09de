"""Forms of questionnaires, and of what officials write down of firms."""

import re
from typing import Any

from django import forms

from finance.checks.surveys import MAX_QUESTIONS, QuestionFacts
from finance.enums import QuestionKind
from finance.models import CreditFact, Question, Questionnaire, Visit
from finance.services.surveys import CreditFacts, VisitFacts, record_credit_fact, record_visit
from portal.ui.handling import DayInput
from portal.ui.recording import RecordingForm

_BETWEEN = re.compile(r"[/／\n]")


class QuestionForm(forms.Form):
    """One row of the question table; an empty row is no question."""

    # Asked of every row that is a question: no mark that they may be left out.
    asked_of_some = ("text", "kind")

    text = forms.CharField(label="题目", max_length=200, required=False)
    kind = forms.ChoiceField(label="类型", choices=QuestionKind.choices, required=False)
    options = forms.CharField(
        label="选项", max_length=1300, required=False, help_text="单选、多选题用“/”隔开，例如：自有/租赁。"
    )
    code = forms.CharField(
        label="编码", max_length=30, required=False, help_text="入库条件引用时填写，例如 rd；可不填。"
    )
    is_required = forms.BooleanField(label="必填", required=False, initial=True)


class _Questions(forms.BaseFormSet):
    def facts(self) -> list[QuestionFacts]:
        """The questions that were written, in order."""
        rows = (form.cleaned_data for form in self.forms if form.cleaned_data.get("text", "").strip())
        return [
            QuestionFacts(
                text=row["text"],
                kind=row["kind"],
                options=tuple(option for option in _BETWEEN.split(row["options"]) if option.strip()),
                is_required=row["is_required"],
                code=row["code"],
            )
            for row in rows
        ]


def questions_formset(data: Any = None, *, initial: list[dict[str, Any]] | None = None, extra: int = 6) -> Any:
    """The table of questions, `extra` empty rows at its end."""
    made = forms.formset_factory(QuestionForm, formset=_Questions, extra=extra, max_num=MAX_QUESTIONS)
    return made(data, initial=initial or [], prefix="questions")


class QuestionnaireForm(forms.Form):
    title = forms.CharField(label="标题", max_length=100)
    intro = forms.CharField(label="填报说明", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}))


def initial_questions(questionnaire: Questionnaire) -> list[dict[str, Any]]:
    """The questions of a draft, as the table shows them."""
    return [
        {
            "text": one.text,
            "kind": one.kind,
            "options": "/".join(one.options),
            "code": one.code,
            "is_required": one.is_required,
        }
        for one in questionnaire.questions.order_by("place")
    ]


class AnswerForm(forms.Form):
    """The questions of one questionnaire as fields; the service judges the answers."""

    def __init__(self, *args: Any, questions: list[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in questions:
            self.fields[one.code] = _field(one)

    def answers(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: value if isinstance(value, list) else str(value) for name, value in self.cleaned_data.items()}


def _field(question: Question) -> forms.Field:
    common: dict[str, Any] = {"label": f"{question.place}. {question.text}", "required": question.is_required}
    options = [(option, option) for option in question.options]
    empty = [("", "请选择")]
    kind = question.kind
    if kind == QuestionKind.CHOICES:
        return forms.MultipleChoiceField(**common, choices=options, widget=forms.CheckboxSelectMultiple)
    if kind == QuestionKind.CHOICE:
        return forms.ChoiceField(**common, choices=[*empty, *options])
    if kind == QuestionKind.YES_NO:
        return forms.ChoiceField(**common, choices=[*empty, ("yes", "是"), ("no", "否")])
    if kind == QuestionKind.TEXT:
        return forms.CharField(**common, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    if kind == QuestionKind.DATE:
        return forms.CharField(**common, max_length=10, widget=forms.TextInput(attrs={"type": "date"}))
    help_text = "不写单位时按万元计。" if kind == QuestionKind.MONEY else ""
    return forms.CharField(**common, max_length=40, help_text=help_text)


class VisitForm(RecordingForm):
    """A visit in the admin."""

    class Meta:
        model = Visit
        fields = ("organisation", "project", "on", "visitors", "met", "findings", "advice")
        widgets = {"on": DayInput}

    def write(self) -> Visit:
        """Record it."""
        data = self.cleaned_data
        facts = VisitFacts(data["on"], data["visitors"], data["met"], data["findings"], data["advice"])
        return record_visit(organisation=data["organisation"], project=data["project"], facts=facts, by=self.by)


class CreditFactForm(RecordingForm):
    """What a source says of a firm, in the admin."""

    class Meta:
        model = CreditFact
        fields = ("organisation", "kind", "outcome", "detail", "source", "as_of")
        widgets = {"as_of": DayInput}

    def write(self) -> CreditFact:
        """Record it."""
        data = self.cleaned_data
        facts = CreditFacts(data["kind"], data["outcome"], data["source"], data["as_of"], data["detail"])
        return record_credit_fact(organisation=data["organisation"], facts=facts, by=self.by)
