"""What a rule version makes of facts: no database, no clock, Decimal only."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.policy.facts import Facts
from portal.policy.results import Result
from subsidies.policy.interest import interest_subsidy, read_interest_facts, read_interest_terms
from subsidies.policy.rates import PublishedRate, RateBook
from subsidies.policy.scope import Scope
from subsidies.policy.simple import FORMULAS

__all__ = ["PublishedRate", "RateBook", "Scope", "Version", "compute", "scope_of"]


@dataclass(frozen=True, slots=True)
class Version:
    """A rule version as its row keeps it."""

    code: str
    parameters: Mapping[str, Any]
    in_force_from: dt.date | None = None
    in_force_to: dt.date | None = None


def compute(version: Version, facts: Mapping[str, Any], rates: RateBook) -> Result:
    """The result of one version on facts in the JSON form of `compute_subsidy`, amounts in yuan.

    Raises:
        Invalid: a fact is missing or cannot be read; `field` is its path.
    """
    parameters, given = Facts(version.parameters, "parameters"), Facts(facts)
    formula = parameters.word("formula", ["interest", *FORMULAS])
    if formula == "interest":
        terms = read_interest_terms(version.code, parameters, (version.in_force_from, version.in_force_to))
        return interest_subsidy(read_interest_facts(given), terms, rates)
    return FORMULAS[formula](version.code, parameters, given)


def scope_of(version: Version) -> Scope:
    """Whom the version is for."""
    return Scope.read(Facts(version.parameters, "parameters"))
