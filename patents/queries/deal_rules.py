"""Dated parameters that deals are judged by, read from the rule versions."""

import datetime as dt

from django.db.models import Q

from patents.enums.deals import DealRule, MoneyKind
from patents.models import ShareRule
from patents.policy.deal_clocks import ChaseRule
from patents.policy.income import Floor
from portal.errors import Invalid
from portal.policy.facts import Facts
from portal.policy.models import RuleVersion
from portal.policy.queries import in_force_on


def rule_on(kind: DealRule, day: dt.date, *, party_kind: str | None = None) -> RuleVersion | None:
    """The version of `kind` in force on `day`; where rules name whom they bind (`who`), the one that names the party.

    A rule that names nobody binds everybody; one that names the party goes before it.
    """
    versions = list(in_force_on(kind, day))
    if party_kind is None:
        return versions[0] if versions else None
    named = [version for version in versions if party_kind in version.parameters.get("who", [])]
    general = [version for version in versions if not version.parameters.get("who")]
    return next(iter(named + general), None)


def answer_days(day: dt.date) -> int | None:
    """Working days in which an enquiry of `day` should be answered; None where no clock ran."""
    rule = rule_on(DealRule.ANSWER_CLOCK, day)
    return Facts(rule.parameters).whole("working_days") if rule else None


def technical_number_digits(day: dt.date) -> int:
    """How many digits the registration number of a technical contract of `day` has."""
    rule = rule_on(DealRule.TECHNICAL_CONTRACT, day)
    if rule is None:
        raise Invalid(f"{day} 没有生效的技术合同登记规则。", code="no_rule")
    return Facts(rule.parameters).whole("digits")


def record_months(day: dt.date) -> int | None:
    """Months within which a licence contract of `day` should be recorded at CNIPA."""
    rule = rule_on(DealRule.RECORD_CLOCK, day)
    return Facts(rule.parameters).whole("months") if rule else None


def chase_rule(day: dt.date) -> ChaseRule | None:
    """After how long somebody is reminded; None where no rule is in force."""
    rule = rule_on(DealRule.CHASE, day)
    return ChaseRule.read(rule.parameters) if rule else None


def is_record_confirmed(day: dt.date) -> bool:
    """Whether the months to record a licence contract of `day` are sure enough to go without 未经确认."""
    rule = rule_on(DealRule.RECORD_CLOCK, day)
    return rule is not None and not rule.is_unconfirmed


def inventor_floor(day: dt.date, party_kind: str, money_kind: str) -> tuple[RuleVersion, Floor]:
    """The lower bound of inventors' share for a contract of `day`, of a giver of this kind.

    Raises:
        Invalid: no rule was in force.
    """
    rule = rule_on(DealRule.INVENTOR_SHARE, day, party_kind=party_kind)
    if rule is None:
        raise Invalid(f"{day} 没有生效的完成人奖励比例规则。", code="no_rule")
    facts = Facts(rule.parameters)
    rate = facts.fraction("shares" if money_kind == MoneyKind.SHARES else "money")
    return rule, Floor(rate, facts.text("article"))


def office_floor(day: dt.date, party_kind: str) -> tuple[RuleVersion | None, Floor | None]:
    """The lower bound of the transfer office's part, where a rule binds a giver of this kind."""
    rule = rule_on(DealRule.OFFICE_BONUS, day, party_kind=party_kind)
    if rule is None or (rule.parameters.get("who") and party_kind not in rule.parameters["who"]):
        return None, None
    facts = Facts(rule.parameters)
    return rule, Floor(facts.fraction("money"), facts.text("article"))


def own_rule(organisation_id: int | None, day: dt.date) -> ShareRule | None:
    """The institution's own rule at a contract of `day`."""
    rules = ShareRule.objects.filter(Q(organisation_id=organisation_id), in_force_from__lte=day)
    return rules.order_by("-in_force_from", "-id").first() if organisation_id else None


def publicity_rule(day: dt.date, party_kind: str) -> tuple[RuleVersion, int, str] | None:
    """The rule that asks a giver of this kind for publicity of an agreed price: version, days, article."""
    rule = rule_on(DealRule.PUBLICITY, day)
    if rule is None or party_kind not in rule.parameters["who"]:
        return None
    facts = Facts(rule.parameters)
    return rule, facts.whole("min_days"), facts.text("article")
