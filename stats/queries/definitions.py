"""The versions of indicators and targets in force."""

from collections import defaultdict
from typing import Any

from portal.policy.models import RuleState, RuleVersion
from stats.models.rules import INDICATOR, SUSPICION, TARGET
from stats.policy.definitions import Indicator, Target, read_indicator, read_target

Versions = dict[str, list[Indicator]]
ORDER = ("I", "S")


def indicator_versions() -> Versions:
    """All versions of each indicator, the oldest first, in the order of the plan. One query."""
    found: Versions = _by_code(read_indicator(row) for row in _in_force(INDICATOR))
    return found


def target_versions() -> dict[str, list[Target]]:
    """All versions of each target, the oldest first. One query."""
    found: dict[str, list[Target]] = _by_code(read_target(row) for row in _in_force(TARGET))
    return found


def suspicion_rule() -> RuleVersion:
    """The newest version of the limits that make a deal suspicious."""
    newest: RuleVersion = _in_force(SUSPICION).reverse()[0]
    return newest


def _in_force(kind: str) -> Any:
    return RuleVersion.objects.filter(kind=kind, state=RuleState.IN_FORCE).order_by("in_force_from", "id")


def _by_code(versions: Any) -> Any:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for version in versions:
        found[version.code].append(version)
    return {code: found[code] for code in sorted(found, key=_place)}


def _place(code: str) -> tuple[int, int, str]:
    """I01 to I12 with their variants behind them, then what only targets ask for."""
    digits = "".join(sign for sign in code if sign.isdigit())
    return (ORDER.index(code[0]) if code[0] in ORDER else len(ORDER), int(digits or 0), code)
