"""What is known of a firm and its project, as conditions of admission judge it."""

from collections.abc import Iterable
from dataclasses import asdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from finance.enums import FINANCE_SCREENING, QuestionKind
from finance.models import CreditFact, Project, SurveyResponse, Visit
from finance.policy.admission import Condition, Fact, RuleFinding, judge, read_conditions
from finance.queries.projects import current_size_class
from portal import clock
from portal.accounts.models import Organisation
from portal.errors import Invalid
from portal.policy.models import RuleVersion
from portal.policy.queries import in_force_on

_ANSWER = "answer."
RATIO = Decimal("0.0001")


def screening_rule() -> RuleVersion | None:
    """The version that an admission of today goes by."""
    return in_force_on(FINANCE_SCREENING, clock.today()).first()


def admission_findings(project: Project, rule: RuleVersion | None) -> list[RuleFinding]:
    """Every condition of the version on what is known today; none without a version."""
    if rule is None:
        return []
    conditions = read_conditions(rule.parameters)
    return judge(conditions, facts_of(project, conditions), today=clock.today())


def findings_as_stored(findings: Iterable[RuleFinding]) -> list[dict[str, str]]:
    """Findings as the project keeps them."""
    return [asdict(finding) | {"outcome": finding.outcome.value} for finding in findings]


def facts_of(project: Project, conditions: Iterable[Condition]) -> dict[str, Fact]:
    """What the conditions may ask about. Four queries, the firm loaded."""
    firm = project.organisation
    wanted = {condition.fact for condition in conditions}
    return {
        **_figures(project, firm),
        **_credit(firm),
        **_visit(firm),
        **_answers(firm, {name.removeprefix(_ANSWER) for name in wanted if name.startswith(_ANSWER)}),
    }


def _figures(project: Project, firm: Organisation) -> dict[str, Fact]:
    source = "企业注册信息"
    facts = {}
    try:
        size = current_size_class(firm)
        facts["size_class"] = Fact(size.value, f"{size.label}企业", f"{source}，按国家统计标准计算")
    except Invalid as missing:
        facts["size_class"] = Fact("", missing.message, source)
    if firm.revenue_amount:
        ratio = (project.amount / firm.revenue_amount).quantize(RATIO, rounding=ROUND_HALF_UP)
        facts["amount_to_revenue"] = Fact(str(ratio), f"融资金额为营业收入的 {ratio:.2%}", source)
    return facts


def _credit(firm: Organisation) -> dict[str, Fact]:
    rows = CreditFact.objects.filter(organisation=firm).order_by("kind", "-as_of", "-id").distinct("kind")
    return {
        f"credit.{row.kind}": Fact(
            row.outcome, row.get_outcome_display() + (f"：{row.detail}" if row.detail else ""), row.source, row.as_of
        )
        for row in rows
    }


def _visit(firm: Organisation) -> dict[str, Fact]:
    row = Visit.objects.filter(organisation=firm).order_by("-on", "-id").first()
    if row is None:
        return {}
    return {"visit.advice": Fact(row.advice, row.get_advice_display(), f"{row.visitors}走访", row.on)}


def _answers(firm: Organisation, codes: set[str]) -> dict[str, Fact]:
    if not codes:
        return {}
    found: dict[str, Fact] = {}
    rows = SurveyResponse.objects.filter(organisation=firm, answers__has_any_keys=sorted(codes))
    for row in rows.select_related("questionnaire").order_by("-id")[:50]:
        for code in sorted(codes & row.answers.keys()):
            value = row.answers[code]
            filled_on = row.filled_at.astimezone(clock.SHANGHAI).date()
            source = f"问卷“{row.questionnaire.title}”" + ("（走访填写）" if row.visit_id else "（企业填写）")
            found.setdefault(f"{_ANSWER}{code}", Fact(_plain(value), in_words(value), source, filled_on))
    return found


def _plain(value: Any) -> str:
    return "、".join(value) if isinstance(value, list) else str(value)


def in_words(value: Any, kind: str = "") -> str:
    """A stored answer for people; money is stored in yuan."""
    if value in ("yes", "no") and kind in ("", QuestionKind.YES_NO):
        return "是" if value == "yes" else "否"
    if kind == QuestionKind.MONEY:
        return f"{Decimal(value) / 10000:,.2f} 万元"
    return _plain(value)
