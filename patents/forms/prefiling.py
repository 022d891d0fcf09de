"""Forms of pre-filing evaluation: one for each step."""

from typing import Any

from django import forms

from patents.enums.prefiling import FILED, Advice, InventorAnswer, Novelty, Ownership, PrefilingState, Secrecy
from patents.models import PrefilingCase
from patents.services.prefiling import AdoptedRule
from portal.attachments.forms import DocumentField
from portal.ui.handling import DayInput


def _text(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class AdoptionForm(forms.Form):
    """An institution's own rule."""

    title = forms.CharField(label="制度名称", max_length=200)
    document_number = forms.CharField(label="文号", max_length=100, required=False)
    adopted_on = forms.DateField(label="施行日", widget=DayInput())
    department = forms.CharField(label="负责部门", max_length=100)
    file = DocumentField(label="制度文件")

    def rule(self) -> AdoptedRule:
        """What the service takes."""
        data = self.cleaned_data
        return AdoptedRule(data["title"], data["document_number"], data["adopted_on"], data["department"])


class DisclosureForm(forms.Form):
    """What inventors disclose."""

    title = forms.CharField(label="技术名称", max_length=200)
    inventor_names = forms.CharField(label="发明人", max_length=600, help_text="用顿号隔开。")
    disclosure = forms.CharField(
        label="技术交底", max_length=20000, widget=_text(10), help_text="要解决的问题、技术方案、效果、拟用场景。"
    )
    disclosed_on = forms.DateField(label="交底日", widget=DayInput())


class ScreeningForm(forms.Form):
    secrecy = forms.ChoiceField(label="保密审查", choices=Secrecy.choices)
    ownership = forms.ChoiceField(label="权属", choices=Ownership.choices)
    screening_note = forms.CharField(label="说明", max_length=2000, required=False, widget=_text())


class SearchForm(forms.Form):
    search_scope = forms.CharField(label="检索范围和检索式", max_length=4000, widget=_text())
    search_findings = forms.CharField(label="对比文献", max_length=8000, required=False, widget=_text(6))
    novelty = forms.ChoiceField(label="查新结论", choices=Novelty.choices)


class ScoringForm(forms.Form):
    technical_score = forms.IntegerField(label="技术价值（0-100）", min_value=0, max_value=100)
    market_score = forms.IntegerField(label="市场价值（0-100）", min_value=0, max_value=100)
    legal_score = forms.IntegerField(label="法律价值（0-100）", min_value=0, max_value=100)
    scoring_note = forms.CharField(label="评分说明", max_length=4000, widget=_text())


class AdviceForm(forms.Form):
    advice = forms.ChoiceField(label="评估建议", choices=Advice.choices)
    advice_reason = forms.CharField(label="建议理由", max_length=4000, widget=_text())


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(label="单位决定", choices=Advice.choices)
    decision_reason = forms.CharField(
        label="决定理由", max_length=4000, required=False, widget=_text(), help_text="与建议不同时必填。"
    )
    decided_on = forms.DateField(label="决定日", widget=DayInput())


class FilingForm(forms.Form):
    filed_number = forms.CharField(label="申请号", max_length=30, help_text="例如 202310123456.6。")


class OfferForm(forms.Form):
    offered_on = forms.DateField(label="征询发明人的日期", widget=DayInput())


class CloseForm(forms.Form):
    """Nothing to fill in."""


class AnswerForm(forms.Form):
    inventor_answer = forms.ChoiceField(label="发明人答复", choices=InventorAnswer.choices)


def next_steps(case: PrefilingCase) -> list[tuple[str, str, type[forms.Form]]]:
    """(name, label, form) of what can be done now."""
    by_state: dict[str, list[tuple[str, str, type[forms.Form]]]] = {
        PrefilingState.DISCLOSED: [("screen", "保密和权属审查", ScreeningForm)],
        PrefilingState.SCREENED: [("search", "查新", SearchForm)],
        PrefilingState.SEARCHED: [("score", "评分", ScoringForm)],
        PrefilingState.SCORED: [("advise", "提出建议", AdviceForm)],
        PrefilingState.ADVISED: [("decide", "作出决定", DecisionForm)],
        PrefilingState.OFFERED: [("close", "登记发明人答复并结束", AnswerForm)],
    }
    if case.state != PrefilingState.DECIDED:
        return by_state.get(case.state, [])
    if case.decision in FILED:
        return [("file", "登记申请号并结束", FilingForm)]
    offer: list[tuple[str, str, type[forms.Form]]] = (
        [] if case.secrecy == Secrecy.STATE_SECRET else [("offer", "征询发明人是否接受权利", OfferForm)]
    )
    return [*offer, ("close", "不征询，直接结束", CloseForm)]


def initial_of(adoption: Any) -> dict[str, Any]:
    """A rule that was returned, as the form's first values."""
    names = ("title", "document_number", "adopted_on", "department")
    return {name: getattr(adoption, name) for name in names} if adoption else {}
