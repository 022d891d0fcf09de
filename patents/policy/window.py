"""What a case of the registration window needs and how long it may take, by the rule version in force."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patents.enums import LegalStatus
from patents.enums.deals import NON_EXCLUSIVE, DealKind
from patents.enums.window import WITH_AGENCY, CaseKind
from patents.policy.deals import Finding, Level, Overlays
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


@dataclass(frozen=True, slots=True)
class RightFacts:
    """One patent of a case on the day: what the legal events and the portal's own deals lay over it."""

    number: str
    status: LegalStatus
    last_day: dt.date | None
    overlays: Overlays


def findings(
    *, kind: str, licence_kind: str, licence_until: dt.date | None, patents: Iterable[RightFacts]
) -> list[Finding]:
    """What stands against the registration, patent by patent; a warning stops nothing.

    Pledges by the refusal grounds of pledge registration (RULES section 6); a procedure of the office is suspended
    while a court preserves the right or its owner is disputed (implementing rules 103, 104).
    """
    found: list[Finding] = []
    for patent in patents:
        found += _suspended(patent)
        found += _by_kind(kind, patent)
        if kind == CaseKind.LICENCE:
            found += _licence(licence_kind, licence_until, patent)
    return found


def _suspended(patent: RightFacts) -> Iterator[Finding]:
    if patent.overlays.is_frozen:
        yield _stop("frozen", "专利法实施细则第一百零四条", f"{patent.number} 被法院保全，有关程序中止")
    if patent.overlays.is_disputed:
        yield _stop("disputed", "专利法实施细则第一百零三条", f"{patent.number} 有权属纠纷，有关程序中止")


def _by_kind(kind: str, patent: RightFacts) -> Iterator[Finding]:
    is_in_grace = patent.status == LegalStatus.VALID_FEE_GRACE
    if kind == CaseKind.PLEDGE:
        if patent.overlays.pledgees:
            yield _stop("pledged", "专利权质押登记办法", f"{patent.number} 已质押，不能再次质押登记")
        if is_in_grace:
            yield _stop("fee_unpaid", "专利权质押登记办法", f"{patent.number} 未按规定缴纳年费（滞纳期）")
        if patent.overlays.is_invalidation_pending:
            yield _warn(
                "invalidation_pending", "专利权质押登记办法", f"{patent.number} 正在无效宣告程序中，质权人须知情"
            )
        return
    if is_in_grace:
        yield _warn("fee_grace", "专利法实施细则", f"{patent.number} 处于年费滞纳期，请先缴清年费")
    if kind == CaseKind.TRANSFER:
        for one in patent.overlays.licences:
            label = DealKind(one.kind).label
            yield _warn("licence_goes_on", "民法典", f"{patent.number} 有{label}（{one.source}），转让不影响其效力")


def _licence(licence_kind: str, until: dt.date | None, patent: RightFacts) -> Iterator[Finding]:
    wanted = DealKind(licence_kind) if licence_kind else DealKind.ORDINARY
    for one in patent.overlays.licences:
        if one.kind not in NON_EXCLUSIVE or wanted not in NON_EXCLUSIVE:
            fact = f"{patent.number} 有{DealKind(one.kind).label}（{one.source}），不能再备案{wanted.label}"
            yield _stop("licence_conflict", "专利实施许可合同备案办法", fact)
    if patent.overlays.is_open_licence and wanted not in NON_EXCLUSIVE:
        yield _stop("open_licence", "专利法第五十一条", f"{patent.number} 正在开放许可，不能给予独占或者排他许可")
    if until and patent.last_day and until > patent.last_day:
        fact = f"许可期限至 {until}，超过 {patent.number} 的保护期（至 {patent.last_day}）"
        yield _stop("term_beyond_right", "民法典第八百六十五条", fact)


def _stop(code: str, article: str, fact: str) -> Finding:
    return Finding(code, Level.BLOCKING, article, fact)


def _warn(code: str, article: str, fact: str) -> Finding:
    return Finding(code, Level.WARNING, article, fact)


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
