"""Reads of the registration window that its pages, its services and the officials' pages share."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet

from patents.enums import Overlay
from patents.enums.deals import Side
from patents.enums.window import CASE_OPEN, Channel
from patents.models import Deal, Patent, WindowCase
from patents.policy import window as policy
from patents.policy.deals import Finding
from patents.policy.terms import last_day_of_protection
from patents.queries import legal
from patents.queries.deals import overlays_of
from patents.queries.parties import owners_of
from portal import clock
from portal.accounts.enums import HOLDER_KINDS, OrganisationKind, SizeClass
from portal.accounts.models import Organisation, User
from portal.attachments.models import Attachment
from portal.policy.models import RuleVersion
from portal.policy.queries import in_force_on
from portal.working_days import CalendarUnknown, working_days_between

_BETWEEN_NAMES = re.compile(r"[;；、|\n]+")


def cases_for(user: User) -> QuerySet[WindowCase]:
    """The cases that `user` may see, newest first, with what a list shows."""
    rows = WindowCase.objects.visible_to(user).select_related("organisation")
    return rows.annotate(patent_count=Count("items")).order_by("-id")


def current_rule() -> RuleVersion | None:
    """The rule of a case that is handed in today."""
    return in_force_on("registration_window", clock.today()).first()


def rule_of(case: WindowCase) -> RuleVersion | None:
    """The rule that the case was handed in under, or would be today."""
    return case.rule or current_rule()


def numbers_of(case: WindowCase) -> list[str]:
    """Application numbers of the case's patents."""
    return [number for number in case.items.order_by("id").values_list("patent__number", flat=True) if number]


def moves_of(case: WindowCase) -> list[tuple[str, dt.date]]:
    """The states that the case reached with their days, the oldest first."""
    return list(case.moves.order_by("id").values_list("state", "on"))


def is_co_owned(patent: Patent) -> bool:
    """Whether the record names several owners; a record without owners as rows has them in one cell."""
    if owners := owners_of(patent):
        return len(owners) > 1
    return len([name for name in _BETWEEN_NAMES.split(patent.applicant_names) if name.strip()]) > 1


def facts_of(case: WindowCase) -> policy.CaseFacts:
    """What the rule asks about the case. The other side counts as an SME when it is registered here as one."""
    counterpart = Organisation.objects.filter(uscc=case.counterpart_uscc).first() if case.counterpart_uscc else None
    return policy.CaseFacts(
        kind=case.kind,
        channel=case.channel,
        has_agent=case.has_agent,
        has_valuation=case.has_valuation,
        is_co_owned=case.is_co_owned,
        is_pledged=case.is_pledged,
        is_applicant_sme=_is_sme(case.organisation),
        is_applicant_public=case.organisation.kind in HOLDER_KINDS,
        is_counterpart_sme=counterpart is not None and _is_sme(counterpart),
    )


def _is_sme(organisation: Organisation) -> bool:
    return organisation.kind == OrganisationKind.SME and organisation.size_class != SizeClass.LARGE


def findings_of(case: WindowCase) -> list[Finding]:
    """What stands against the registration today, and what is worth knowing.

    A deal of the portal with the same other side is what the case registers, so it does not stand against itself.
    """
    patents = [item.patent for item in case.items.select_related("patent").order_by("id")]
    laid = overlays_of(patents, besides=deals_of(case).values_list("pk", flat=True))
    facts = [
        policy.RightFacts(
            patent.display_number,
            legal.status_of(patent),
            last_day_of_protection(patent.kind, patent.filed_on) if patent.filed_on else None,
            laid[patent.pk],
        )
        for patent in patents
    ]
    return policy.findings(
        kind=case.kind, licence_kind=case.licence_kind, licence_until=case.licence_until, patents=facts
    )


def deals_of(case: WindowCase) -> QuerySet[Deal]:
    """The portal's deals with the same other side over the case's patents: what the case registers."""
    other = Q(parties__name=case.counterpart_name)
    if case.counterpart_uscc:
        other |= Q(parties__uscc=case.counterpart_uscc)
    patents = case.items.values("patent")
    return Deal.objects.filter(other, patents__in=patents, parties__side=Side.RECEIVER).order_by("pk").distinct()


def is_pledged(patents: Iterable[Patent]) -> bool:
    """Whether the legal events lay a pledge over one of them."""
    return any(Overlay.PLEDGED in legal.overlays_of(patent) for patent in patents)


def requirements(case: WindowCase) -> list[policy.Requirement]:
    """The documents that the case needs; none while no rule is in force."""
    rule = rule_of(case)
    return policy.required_documents(rule.parameters, facts_of(case)) if rule else []


def missing_of(case: WindowCase) -> list[policy.Requirement]:
    """The documents that are not there yet."""
    given = Attachment.objects.of(case).values_list("purpose", flat=True)
    return policy.missing_documents(requirements(case), given)


def documents_of(case: WindowCase) -> list[dict[str, Any]]:
    """Each required document with the files given for it."""
    files: dict[str, list[Attachment]] = {}
    for file in Attachment.objects.of(case):
        files.setdefault(file.purpose, []).append(file)
    return [{"requirement": one, "files": files.get(one.code, [])} for one in requirements(case)]


def days_used(case: WindowCase) -> int | None:
    """Working days that the case lay with the agency so far; None where the calendar does not reach."""
    try:
        return policy.days_used(moves_of(case), clock.today())
    except CalendarUnknown:
        return None


def days_left(case: WindowCase) -> int | None:
    """Working days until the case is due, negative when it is late; None where there is no due day."""
    if case.due_on is None:
        return None
    today = clock.today()
    try:
        if case.due_on >= today:
            return working_days_between(today, case.due_on)
        return -working_days_between(case.due_on, today)
    except CalendarUnknown:
        return None


def late_cases(user: User) -> QuerySet[WindowCase]:
    """Cases whose clock has run out at the agency."""
    at_agency = CASE_OPEN - {"returned", "handed_over"}
    return WindowCase.objects.visible_to(user).filter(state__in=at_agency, due_on__lt=clock.today())


def guide(rule: RuleVersion) -> list[dict[str, Any]]:
    """The rule as the public guide shows it: per kind its documents, days and whether a source confirms them."""
    conditions = {
        "has_agent": "委托代理的", "has_valuation": "有评估报告的", "is_co_owned": "共有的", "is_pledged": "已质押的",
    }  # fmt: skip
    parameters = rule.parameters
    return [
        {
            "kind": kind,
            "documents": [
                {"label": row["label"], "when": conditions.get(row.get("when", ""), "")}
                for row in parameters["documents"][kind]
            ],
            "days": [(label, parameters["working_days"][kind][code]) for code, label in Channel.choices],
            "green_days": parameters["working_days"][kind]["green"],
            "is_confirmed": {f"working_days.{kind}", f"documents.{kind}"} <= set(parameters["confirmed"]),
        }
        for kind in parameters["documents"]
    ]


def green_label(case: WindowCase) -> str:
    """The ground on which the case takes the green channel, in the rule's words; empty when it does not."""
    rule = rule_of(case)
    rows = rule.parameters["green_channel"] if rule else []
    return next((row["label"] for row in rows if row["code"] == case.green_ground), "")
