"""Reads of evaluations and of the high-value test."""

import datetime as dt
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from patents.enums.evaluation import EvaluationRule, EvaluationState, EvidenceState, Scorer
from patents.models import Acceptance, Assessment, DealParty, Evaluation, HighValueEvidence, LegalEvent, Patent
from patents.policy.evaluation import Table, read_table
from patents.policy.high_value import Evidence, HighValueRule, InventionFacts, KindResult, is_high_value, kind_results
from patents.policy.indicators import PatentFacts
from patents.policy.terms import last_day_of_protection
from patents.queries.industries import emerging_industries, table_label
from patents.queries.legal import overlays_of, status_of
from patents.queries.parties import owners_of
from portal.accounts.models import User
from portal.policy.models import RuleVersion
from portal.policy.queries import in_force_on

YEAR_DAYS, TENTH = Decimal("365.25"), Decimal("0.1")
SHOWN_EVENTS = 200


def tables_on(day: dt.date) -> QuerySet[RuleVersion]:
    """The indicator tables in force on `day`."""
    return in_force_on(EvaluationRule.TABLE, day)


def table_of(version: RuleVersion) -> Table:
    """The version as the policy reads it. Raises Invalid when it is incomplete."""
    return read_table(version.code, version.parameters)


def patent_facts(patent: Patent, day: dt.date) -> PatentFacts:
    """What the computed indicators are filled from."""
    remaining = None
    if patent.filed_on:
        left = (last_day_of_protection(patent.kind, patent.filed_on) - day).days
        remaining = (Decimal(max(left, 0)) / YEAR_DAYS).quantize(TENTH)
    events = LegalEvent.objects.standing().filter(patent=patent, on__lte=day).order_by("on", "id")
    family = list(patent.family.all())
    running = Acceptance.objects.filter(open_licence__patent=patent, effective_on__lte=day, licence_to__gte=day)
    return PatentFacts(
        kind=patent.kind,
        status=status_of(patent, on=day),
        remaining_years=remaining,
        claim_count=patent.claim_count,
        overseas=tuple(member.country for member in family if member.is_overseas),
        overlays=frozenset(str(overlay) for overlay in overlays_of(patent)),
        events=tuple(events.values_list("code", flat=True)[:SHOWN_EVENTS]),
        maturity=patent.maturity,
        licence_count=running.count(),
    )


def conflicts_of(expert: User, patent: Patent, holder_id: int) -> list[str]:
    """What the portal itself knows against an expert: same organisation, inventor, a party in a deal."""
    found = []
    owners = owners_of(patent)
    linked = {holder_id, *(owner.organisation_id for owner in owners)}
    names = {owner.name for owner in owners} | set(patent.applicant_names.split("；"))
    organisation = expert.organisation
    if organisation and (organisation.pk in linked or organisation.name in names):
        found.append(f"{expert} 与权利人同一单位（{organisation.name}）")
    if expert.get_full_name() and expert.get_full_name() in patent.inventor_names.split("；"):
        found.append(f"{expert} 是该专利的发明人")
    if organisation and Acceptance.objects.filter(open_licence__patent=patent, firm=organisation).exists():
        found.append(f"{organisation.name} 是该专利许可的当事人")
    if organisation and DealParty.objects.filter(organisation=organisation, deal__patents=patent).exists():
        found.append(f"{organisation.name} 是该专利交易的当事人")
    return found


def evaluations_for(user: User) -> QuerySet[Evaluation]:
    """The evaluations that `user` may see, newest first, with what a list shows."""
    return with_scores(Evaluation.objects.visible_to(user)).order_by("-id")


def with_scores(rows: QuerySet[Evaluation]) -> QuerySet[Evaluation]:
    """The rows with patent, table and all assessments."""
    newest = Assessment.objects.select_related("assessor__organisation").defer("values", "result").order_by("-id")
    return rows.select_related("patent", "holder", "table").prefetch_related(
        Prefetch("assessments", queryset=newest, to_attr="scores")
    )


def current_scores(assessments: list[Assessment]) -> dict[str, list[Assessment]]:
    """By scorer the assessments that count, of a list newest first: the last of each person, never an average."""
    kept: dict[str, list[Assessment]] = {scorer: [] for scorer in Scorer}
    seen: set[tuple[str, int | None]] = set()
    for row in assessments:
        key = (row.scorer, row.assessor_id if row.scorer == Scorer.EXPERT else None)
        if key not in seen:
            seen.add(key)
            kept[row.scorer].append(row)
    return kept


def scorer_label(scorer: str) -> str:
    """The scorer's name for people."""
    return Scorer(scorer).label


def public_scores(patent: Patent, limit: int = 3) -> list[Evaluation]:
    """The newest evaluations of the patent that are closed, with their scores."""
    return list(with_scores(patent.evaluations.filter(state=EvaluationState.CLOSED)).order_by("-id")[:limit])


def high_value_of(patent: Patent, day: dt.date) -> list[KindResult]:
    """The five kinds on one day, each with its fact; empty where no parameters were in force."""
    rule = high_value_rule(day)
    if rule is None:
        return []
    return kind_results(_invention_facts(patent, day), HighValueRule.read(rule.parameters), day)


def high_value_rule(day: dt.date) -> RuleVersion | None:
    """The parameters of the high-value test in force on `day`."""
    return in_force_on(EvaluationRule.HIGH_VALUE, day).first()


def is_high_value_on(patent: Patent, day: dt.date) -> bool:
    """Whether any of the five kinds is met."""
    return is_high_value(high_value_of(patent, day))


def _invention_facts(patent: Patent, day: dt.date) -> InventionFacts:
    rows = HighValueEvidence.objects.filter(patent=patent, state=EvidenceState.CONFIRMED, dated_on__lte=day)
    emerging = emerging_industries(patent)
    return InventionFacts(
        kind=patent.kind,
        status=status_of(patent, on=day),
        classes=patent.classes,
        industries=emerging.found,
        concordance=table_label(emerging.table) if emerging.table else "",
        is_own_concordance=emerging.table is not None and emerging.table.is_own,
        filed_on=patent.filed_on,
        granted_on=patent.granted_on,
        overseas=[str(member) for member in patent.family.all() if member.is_overseas],
        evidence=[
            Evidence(row.kind, row.name, row.dated_on, row.document, row.amount) for row in rows.order_by("dated_on")
        ],
    )
