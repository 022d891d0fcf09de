"""Shares of a cost, premiums, awards and grants: one amount, its ratio and its caps."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from portal.money import exact, round_fen
from portal.policy.facts import Facts
from portal.policy.results import NOTHING, Line, Refusal, Result, refused
from subsidies.policy.scope import Claimant, Scope, bars

SUBJECTS = {
    "loss.principal_loss": "贷款本金实际损失",
    "premium.paid": "已付保费",
    "fee.paid": "已付评估费",
}
GRADES = {
    "gold": "金奖",
    "silver": "银奖",
    "excellent": "优秀奖",
    "special": "特别奖",
    "first": "一等奖",
    "second": "二等奖",
    "third": "三等奖",
}
DOUBLE_AWARDS = ("paid", "not_paid")
INSURANCE_KINDS = {
    "enforcement": "专利执行险",
    "infringement_loss": "侵犯专利权损失险",
    "overseas": "海外侵权责任险",
    "domestic_only": "仅国内险",
}
# One cap of the notice stands for two kinds of insurance; facts may name it as the notice does.
KIND_ALIASES = {"enforcement_or_loss": "enforcement", "loss": "infringement_loss"}
PARTIES = {"bank": "银行", "guarantor": "担保机构", "insurer": "保险机构"}


def share_of_cost(code: str, parameters: Facts, facts: Facts) -> Result:
    """A ratio of what was lost or paid, within the firm's cap of the year, in yuan rounded half up to the fen.

    Where the version does not state the base, or only the highest ratio, the figure is a reading and not payable.
    """
    scope = Scope.read(parameters)
    if refusals := _claimant_refusals(scope, facts):
        return refused(code, refusals)
    subject = parameters.word("subject", SUBJECTS)
    holder, _, field = subject.partition(".")
    cost, ratio = facts.part(holder).money(field), parameters.fraction("ratio")
    amount = round_fen(cost * ratio)
    text = f"{SUBJECTS[subject]} {exact(cost)} 元 × {ratio:.0%}，四舍五入到分"
    lines = [Line(scope.article("amount"), text, str(amount))]
    if parameters.has("cap_per_firm_year"):
        amount, line = _within_cap(amount, parameters.money("cap_per_firm_year"), facts, scope)
        lines.append(line)
    reading = _name_of_reading(parameters, field)
    if reading:
        return Result(code, None, payable=False, lines=tuple(lines), readings={reading: amount})
    return Result(code, amount, payable=amount > 0, lines=tuple(lines))


def _name_of_reading(parameters: Facts, field: str) -> str:
    if parameters.word("base", {"stated", "not_stated"}) == "not_stated":
        return field
    return "at_most" if parameters.flag("is_maximum") else ""


def insurance_premium(code: str, parameters: Facts, facts: Facts) -> Result:
    """Part of a patent insurance premium; a higher ratio and cap where the uplift applies."""
    scope = Scope.read(parameters)
    if refusals := _claimant_refusals(scope, facts):
        return refused(code, refusals)
    premium = facts.part("premium")
    named, paid = premium.word("kind", [*INSURANCE_KINDS, *KIND_ALIASES]), premium.money("paid")
    kind, has_uplift = KIND_ALIASES.get(named, named), premium.has("uplift") and premium.flag("uplift")
    ratio = parameters.fraction("ratio") + (parameters.fraction("uplift") if has_uplift else Decimal(0))
    amount = round_fen(paid * ratio)
    text = f"{INSURANCE_KINDS[kind]}保费 {exact(paid)} 元 × {ratio:.0%}，四舍五入到分"
    first = Line(scope.article("uplift" if has_uplift else "amount"), text, str(amount))
    caps = parameters.part("uplifted_caps" if has_uplift else "caps")
    amount, second = _within_cap(amount, caps.money(kind), facts, scope)
    return Result(code, amount, payable=amount > 0, lines=(first, second))


def award(code: str, parameters: Facts, facts: Facts) -> Result:
    """The bonus of one award. A patent that won at another level too is payable only as an officer has decided."""
    scope, given, amounts = Scope.read(parameters), facts.part("award"), parameters.part("amounts")
    grade, refusals = given.text("grade"), _claimant_refusals(scope, facts)
    if not amounts.has(grade):
        refusals.append(Refusal("grade", scope.article("grade"), f"没有奖励等级“{grade[:40]}”"))
    decided = given.word("double_award", DOUBLE_AWARDS) if given.has("double_award") else ""
    if decided == "not_paid":
        refusals.append(
            Refusal("double_award", scope.article("double_award"), "经办人决定：另一层级已奖励，本项不重复奖励")
        )
    if refusals:
        return refused(code, refusals)
    amount = amounts.money(grade)
    lines = [Line(scope.article("amount"), f"{GRADES.get(grade, grade)}，每项 {exact(amount)} 元", str(amount))]
    is_double = given.has("won_at_another_level") and given.flag("won_at_another_level")
    if is_double:
        text = "同一专利另获其他层级专利奖，是否重复奖励未写明，" + (
            "经办人决定予以奖励" if decided else "由经办人决定"
        )
        lines.append(Line(scope.article("double_award"), text, str(amount)))
    return Result(code, amount, payable=bool(decided) or not is_double, lines=tuple(lines))


def grant(code: str, parameters: Facts, facts: Facts) -> Result:
    """What a cultivation centre asked for, up to the highest amount per centre, all its instalments together."""
    scope, given = Scope.read(parameters), facts.part("grant")
    asked, before = given.money("requested"), given.money("granted_before") if given.has("granted_before") else NOTHING
    if refusals := _claimant_refusals(scope, facts):
        return refused(code, refusals)
    if not parameters.has("max_per_item"):
        line = Line(scope.article("amount"), "每家金额未读到，不能计算", "")
        return Result(code, None, payable=False, lines=(line,), readings={})
    limit = parameters.money("max_per_item")
    amount = min(asked, max(limit - before, NOTHING))
    text = f"申请 {exact(asked)} 元，每家最高 {exact(limit)} 元" + (f"，以前各期 {exact(before)} 元" if before else "")
    return Result(code, amount, payable=amount > 0, lines=(Line(scope.article("amount"), text, str(amount)),))


def loss_split(code: str, parameters: Facts, facts: Facts) -> Result:
    """Who bears which part of a loss. One party takes what rounding leaves, so that the parts add up."""
    scope, loss = Scope.read(parameters), facts.part("loss").money("principal_loss")
    if refusals := _claimant_refusals(scope, facts):
        return refused(code, refusals)
    shares, rest_to = parameters.part("shares"), parameters.word("remainder_to", PARTIES)
    parts = {party: round_fen(loss * shares.fraction(party)) for party in PARTIES if party != rest_to}
    parts[rest_to] = loss - sum(parts.values())
    lines = tuple(
        Line(scope.article("amount"), f"{PARTIES[party]}承担 {shares.fraction(party):.0%}", str(part))
        for party, part in parts.items()
    )
    return Result(code, None, payable=False, lines=lines, readings=parts)


def _claimant_refusals(scope: Scope, facts: Facts) -> list[Refusal]:
    """A version that names cities needs to know the claimant's; to any other a claimant may be left out."""
    if not scope.names_cities and not facts.has("claimant"):
        return []
    claimant = Claimant.read_place(facts.part("claimant"), is_asked=scope.names_cities)
    found = scope.refusals(claimant) if scope.names_cities else bars(claimant, scope.article("default"))
    return list(found)


def _within_cap(amount: Decimal, cap: Decimal, facts: Facts, scope: Scope) -> tuple[Decimal, Line]:
    granted = facts.money("granted_this_year") if facts.has("granted_this_year") else NOTHING
    amount = min(amount, max(cap - granted, NOTHING))
    text = f"每户每年限额 {exact(cap)} 元，已批 {exact(granted)} 元，不超过余额"
    return amount, Line(scope.article("cap"), text, str(amount))


Formula = Callable[[str, Facts, Facts], Result]
FORMULAS: Mapping[str, Formula] = {
    "share": share_of_cost,
    "insurance_premium": insurance_premium,
    "award": award,
    "grant": grant,
    "loss_split": loss_split,
}
