"""What a case of the registration window needs and how long it may take, by the rule version in force."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patents.enums.window import WITH_AGENCY, CaseKind
from portal.working_days import working_days_between


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the requirements depend on."""

    kind: str
    channel: str
    has_agent: bool = False
    has_valuation: bool = False
    is_co_owned: bool = False
    is_pledged: bool = False
    is_applicant_sme: bool = False
    is_applicant_public: bool = False  # a university, institute or state firm
    is_counterpart_sme: bool = False


@dataclass(frozen=True, slots=True)
class Requirement:
    """One document that a case needs."""

    code: str
    label: str


def required_documents(parameters: Mapping[str, Any], facts: CaseFacts) -> list[Requirement]:
    """The documents that the rule asks for in this case, in its order."""
    return [
        Requirement(row["code"], row["label"])
        for row in parameters["documents"][facts.kind]
        if not row.get("when") or getattr(facts, row["when"])
    ]


def missing_documents(required: Iterable[Requirement], given: Iterable[str]) -> list[Requirement]:
    """Those of `required` that no document was given for."""
    have = set(given)
    return [one for one in required if one.code not in have]


def green_ground(parameters: Mapping[str, Any], facts: CaseFacts) -> str:
    """The code of the first ground on which the case takes the green channel; empty when it does not."""
    met = {
        "sme_pledge": facts.kind == CaseKind.PLEDGE and facts.is_applicant_sme,
        "public_to_sme": facts.kind in (CaseKind.TRANSFER, CaseKind.LICENCE)
        and facts.is_applicant_public
        and facts.is_counterpart_sme,
    }
    return next((row["code"] for row in parameters["green_channel"] if met.get(row["code"])), "")


def allowed_days(parameters: Mapping[str, Any], *, kind: str, channel: str, is_green: bool) -> int:
    """Working days from hand-in to hand-over; the shorter of the channel's and the green channel's."""
    days = parameters["working_days"][kind]
    return int(min(days[channel], days["green"])) if is_green else int(days[channel])


def days_used(moves: Sequence[tuple[str, dt.date]], today: dt.date) -> int:
    """Working days that the case lay with the agency; while a correction is awaited the clock stands still.

    `moves` are (state reached, day), the oldest first. Raises CalendarUnknown beyond the loaded years.
    """
    ends = [*[day for _, day in moves[1:]], today][: len(moves)]
    return sum(
        working_days_between(day, end) for (state, day), end in zip(moves, ends, strict=True) if state in WITH_AGENCY
    )
