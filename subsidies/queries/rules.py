"""Rule versions and reference rates as the policy reads them."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from portal.errors import Invalid
from portal.policy.facts import Facts
from portal.policy.models import RuleState, RuleVersion
from portal.policy.queries import in_force_on
from subsidies.enums import RateSeries, RuleKind
from subsidies.models import ReferenceRate
from subsidies.models.rules import PROCESS
from subsidies.policy import PublishedRate, RateBook, Scope, Version, scope_of


def version_of(rule: RuleVersion) -> Version:
    """The rule as the policy reads it."""
    return Version(rule.code, rule.parameters, rule.in_force_from, rule.in_force_to)


def rule_named(code: str) -> RuleVersion | None:
    """The version in force with that id, in capitals or not."""
    return RuleVersion.objects.filter(code__iexact=code, state=RuleState.IN_FORCE, kind__in=RuleKind.values).first()


def interest_rule(city: str, contract_date: dt.date) -> RuleVersion | None:
    """The interest rule of a firm's present city at the contract date; None when there was none yet."""
    return rule_for(RuleKind.INTEREST, contract_date, city)


def _scope(rule: RuleVersion) -> Scope:
    return scope_of(version_of(rule))


def newest_rate_id() -> int:
    """The last reference rate loaded: what a calculation made now may know."""
    return ReferenceRate.objects.order_by("-id").values_list("id", flat=True).first() or 0


def rate_book(until: int | None = None) -> RateBook:
    """The reference rates by series; with `until`, only those loaded up to that row, as an earlier day knew them."""
    rows = ReferenceRate.objects.order_by("series", "published_on")
    book: dict[str, list[PublishedRate]] = defaultdict(list)
    for row in rows if until is None else rows.filter(id__lte=until):
        book[row.series].append(PublishedRate(row.published_on, row.known_until, row.rate))
    return book


@dataclass(frozen=True, slots=True)
class ProcessTerms:
    """How long each step may take (unconfirmed defaults, RULES has no source) and the bar after a claw-back."""

    publicity_days: int
    correction_days: int
    reexamination_days: int
    answer_days: int
    bar_years: int
    sample_share: Decimal
    bar_article: str


def process_terms(day: dt.date) -> ProcessTerms:
    """The terms in force on `day`. Raises Invalid when no version stands."""
    rule = in_force_on(PROCESS, day).first()
    if rule is None:
        raise Invalid(f"{day} 没有生效的补贴审核期限规则，请省级管理人员先发布规则版本。", code="no_rule")
    terms = Facts(rule.parameters, "parameters")
    return ProcessTerms(
        terms.whole("publicity_days"),
        terms.whole("correction_days"),
        terms.whole("reexamination_days"),
        terms.whole("answer_days"),
        terms.whole("bar_years"),
        terms.fraction("sample_share"),
        terms.part("articles").text("bar"),
    )


def rule_for(kind: str, day: dt.date, city: str) -> RuleVersion | None:
    """The version of a kind for a firm of that present city on `day`, the date that the kind is chosen by.

    A version that names the city goes before one for the whole province, a later one before an earlier.
    """
    applying = [rule for rule in in_force_on(kind, day) if _scope(rule).takes_city(city)]
    return next((rule for rule in applying if _scope(rule).cities_in), next(iter(applying), None))


def newest_known_day() -> dt.date | None:
    """The last day for which the newest loaded LPR is known to hold."""
    newest = ReferenceRate.objects.filter(series=RateSeries.LPR_1Y).order_by("-published_on").first()
    return newest.known_until if newest else None
