"""The grounds against registering a pledge, checked on what the pool knows today."""

import re
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.db.models import Max, OuterRef, Q, Subquery

from finance.models import Project, ProjectPatent
from finance.policy.screening import REFUSAL_GROUNDS, Finding, PatentFacts, screen
from patents.enums import PatentKind
from patents.models import Patent, PatentParty
from patents.queries.legal import status_of
from patents.queries.parties import is_party, owners_by_patent
from portal import clock
from portal.dates import add_months

_BETWEEN_NAMES = re.compile(r"[;；、|\n]+")


def screening_of(project: Project) -> list[Finding]:
    """The refusal grounds checked on the project's patents as they stand today.

    The debt is taken to begin today: the contract's own date is not known yet.
    """
    same_day = Patent.objects.filter(
        kind=PatentKind.INVENTION, holder=OuterRef("holder"), filed_on=OuterRef("filed_on"), title=OuterRef("title")
    )
    held = ProjectPatent.objects.filter(patent=OuterRef("pk"), is_held=True).exclude(
        project__in=[pk for pk in (project.pk, project.renewal_of_id) if pk]
    )
    patents = (
        Patent.objects.filter(pk__in=project.collateral.values("patent_id"))
        .annotate(
            last_event_on=Max("legal_events__on", filter=Q(legal_events__voided_at__isnull=True)),
            same_day=Subquery(same_day.values("number")[:1]),
            held_by=Subquery(held.values("project__ref")[:1]),
        )
        .order_by("id")
    )
    rows = list(patents.select_related("same_day_invention"))
    owners = owners_by_patent([patent.pk for patent in rows])
    facts = [_facts(patent, project, owners.get(patent.pk, [])) for patent in rows]
    return screen(facts, debt_ends_on=add_months(clock.today(), project.term_months))


def _facts(patent: Any, project: Project, owners: list[PatentParty]) -> PatentFacts:
    names = [name for name in _BETWEEN_NAMES.split(patent.applicant_names) if name.strip()]
    same_day = patent.same_day_invention
    return PatentFacts(
        number=patent.display_number,
        kind=patent.kind,
        legal_status=status_of(patent),
        filed_on=patent.filed_on,
        granted_on=patent.granted_on,
        is_pledgors=patent.holder_id == project.organisation_id,
        co_owners=tuple(owner.name for owner in owners if not is_party(project.organisation, owner))
        if owners
        # A record that was typed in has the names in one cell.
        else tuple(name.strip() for name in names if name.strip() != project.organisation.name),
        last_event_on=patent.last_event_on,
        overlays=frozenset(patent.overlays),
        fees_are_known=patent.fees_paid_through is not None,
        held_by=patent.held_by or "",
        is_renewal=project.renewal_of_id is not None,
        same_day_invention=(same_day.number if same_day else patent.same_day) or "",
    )


def as_stored(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """Findings as the project keeps them."""
    return [asdict(finding) | {"outcome": finding.outcome.value} for finding in findings]


def by_ground(stored: Iterable[dict[str, str]]) -> list[dict[str, Any]]:
    """Stored findings as a table: one row per ground, with the findings of each patent."""
    stored = list(stored)
    return [
        {"number": number, "text": text, "findings": [row for row in stored if row["ground"] == ground]}
        for number, (ground, text) in enumerate(REFUSAL_GROUNDS.items(), start=1)
    ]
