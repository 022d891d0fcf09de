"""The parameters of needs as they stand on a day."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from portal import clock
from portal.policy.queries import in_force_on


@dataclass(frozen=True, slots=True)
class NeedRules:
    """Parameters, not law: pages say 未经确认."""

    term_months: int
    remind_days: int
    too_early_firms: int
    invited_holders: int
    watch_limit: int
    grade_of_contact: int
    grade_of_deal: int
    grade_of_reason: dict[str, int]


def need_rules(day: dt.date | None = None) -> NeedRules:
    """The version in force on a day (today).

    Raises:
        LookupError: none is; the migrations put the shipped one in force.
    """
    version = in_force_on("demand_needs", day or clock.today()).first()
    if version is None:
        raise LookupError("no rule version demand_needs")
    parameters: dict[str, Any] = version.parameters
    return NeedRules(**parameters)
