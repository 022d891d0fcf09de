"""Who may judge an application, and what the judgements come to."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.errors import Invalid
from portal.money import round_fen

_BETWEEN = re.compile(r"[;；、,，|\n]+")
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An expert, as the check of conflicts sees him."""

    name: str
    organisation_id: int | None
    organisation_name: str


@dataclass(frozen=True, slots=True)
class Applied:
    """An application, as the check of conflicts sees it."""

    organisation_id: int
    organisation_name: str
    leader_name: str
    team_names: str
    partner_names: str


def conflicts(expert: Candidate, applied: Applied) -> list[str]:
    """Why the expert may not judge the application; empty when nothing speaks against it.

    What the portal can see: the same organisation, an organisation that takes part, a person that takes part. What
    only the expert knows he declares before he scores.
    """
    found = []
    if expert.organisation_id == applied.organisation_id or expert.organisation_name == applied.organisation_name:
        found.append("专家与申报单位是同一单位")
    if expert.organisation_name and expert.organisation_name in names(applied.partner_names):
        found.append("专家所在单位是合作单位")
    if expert.name and expert.name in {applied.leader_name, *names(applied.team_names)}:
        found.append("专家是申报团队成员")
    return found


def names(text: str) -> set[str]:
    """The names in a list as people write it."""
    return {part.strip() for part in _BETWEEN.split(text) if part.strip()}


def total_score(criteria: Sequence[Mapping[str, Any]], scores: Mapping[str, Any]) -> int:
    """The sum of an expert's whole points.

    Raises:
        Invalid: a criterion has no points, more than its maximum, or is not one of the call's; `field` names it.
    """
    known = {row["code"]: row for row in criteria}
    for code in scores:
        if code not in known:
            raise Invalid("评分中有不属于本次评审的指标。", field=code)
    for code, row in known.items():
        value = scores.get(code)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= row["max"]:
            raise Invalid(f"“{row['label']}”应为 0 至 {row['max']} 的整数。", field=code)
    return sum(scores[code] for code in known)


@dataclass(frozen=True, slots=True)
class Spread:
    """What several experts came to, each alone."""

    count: int
    mean: Decimal | None  # one decimal, half up
    lowest: int | None
    highest: int | None

    @property
    def width(self) -> int:
        """Points between the highest and the lowest."""
        return (self.highest or 0) - (self.lowest or 0)


def spread(totals: Sequence[int]) -> Spread:
    """The experts' totals in one; without any it says so."""
    if not totals:
        return Spread(0, None, None, None)
    mean = (Decimal(sum(totals)) / len(totals)).quantize(_TENTH, ROUND_HALF_UP)
    return Spread(len(totals), mean, min(totals), max(totals))


def planned_instalments(amount: Decimal, shares: Sequence[str]) -> list[Decimal]:
    """The grant in parts by the rule's shares, each to the fen; the last takes the rest, so they sum to `amount`."""
    parts = [round_fen(amount * Decimal(share)) for share in shares[:-1]]
    return [*parts, amount - sum(parts, Decimal(0))]
