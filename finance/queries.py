"""Reads of the pool that pages, services and the admin share."""

import re
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, Subquery

from finance.enums import PlacementState
from finance.models import Placement, Product, Project, ProjectPatent, ProjectQuerySet
from finance.policy import (
    REFUSAL_GROUNDS,
    Finding,
    PatentFacts,
    ProductTerms,
    ProjectFacts,
    reasons_against,
    screen,
)
from patents.enums import PatentKind
from patents.models import Patent, PatentParty, PatentQuerySet
from patents.queries.legal import status_of
from patents.queries.parties import is_party, owners_by_patent
from portal import clock
from portal.accounts.enums import SizeClass
from portal.accounts.models import Organisation, User
from portal.dates import add_months
from portal.outbox.models import Delivery, DeliveryState
from portal.size_class import industry_of, size_class

PATENT_CHOICES = 50
PUSHED_EVENT = "finance.placement.pushed"
_BETWEEN_NAMES = re.compile(r"[;；、|\n]+")
_SENDING = {
    DeliveryState.PENDING: "发送中",
    DeliveryState.SENDING: "发送中",
    DeliveryState.DELIVERED: "机构已收到",
    DeliveryState.RETRYING: "失败重试中",
    DeliveryState.DEAD: "发送失败，平台正在处理",
}


def projects_for(user: User) -> ProjectQuerySet:
    """The projects that `user` may see, newest first, with what a list shows."""
    return (
        Project.objects.visible_to(user)
        .select_related("organisation")
        .annotate(
            patent_count=Count("collateral", distinct=True),
            placement_count=Count("placements", distinct=True),
            answered_count=Count("placements", filter=~Q(placements__state=PlacementState.PUSHED), distinct=True),
        )
        .order_by("-id")
    )


def own_patents(organisation: Organisation) -> PatentQuerySet:
    """The patents that a firm may offer: those whose registered holder it is."""
    return Patent.objects.filter(holder=organisation).order_by("-id")


def matching_patents(organisation: Organisation, words: str, *, kept: Iterable[int] = ()) -> list[Patent]:
    """At most PATENT_CHOICES of the firm's patents by title or number, those already chosen always first."""
    own = own_patents(organisation)
    chosen = list(own.filter(pk__in=kept))
    found = own.exclude(pk__in=[patent.pk for patent in chosen])
    if words:
        digits = re.sub(r"\D", "", words)
        by_number = Q(number__startswith=digits[:12]) if digits else Q(pk__in=[])
        found = found.filter(Q(title__icontains=words) | by_number)
    return chosen + list(found[:PATENT_CHOICES])


def lenders_on_sale() -> list[Organisation]:
    """The institutions with a product on sale: those that a firm can be asked to share with."""
    offering = Product.objects.on_sale().values("institution_id")
    return list(Organisation.objects.filter(pk__in=offering).order_by("id"))


def current_size_class(firm: Organisation) -> SizeClass:
    """The firm's size class computed from its figures now. Raises Invalid when a figure is missing."""
    return size_class(industry_of(firm.industry_code), firm.employee_count, firm.revenue_amount, firm.assets_amount)


def fitting_products(project: Project, size: SizeClass) -> tuple[list[Product], list[tuple[Product, list[str]]]]:
    """The best product of each institution that fits, and every other with the reasons against it.

    Best is the lowest reference rate; only institutions that the firm agreed to share with are looked at.
    """
    facts = ProjectFacts(project.amount, project.term_months, project.city_code, size)
    on_sale = (
        Product.objects.on_sale()
        .filter(institution__in=project.recipients.all())
        .select_related("institution")
        .order_by("annual_rate", "id")
    )
    best: dict[int, Product] = {}
    others = []
    for product in on_sale:
        if reasons := reasons_against(facts, _terms(product)):
            others.append((product, reasons))
        else:
            best.setdefault(product.institution_id, product)
    return sorted(best.values(), key=lambda product: product.institution_id), others


def _terms(product: Product) -> ProductTerms:
    return ProductTerms(
        product.min_amount, product.max_amount, product.max_term_months, product.cities, product.size_classes
    )


def screening_of(project: Project) -> list[Finding]:
    """The refusal grounds checked on the project's patents as they stand today.

    The debt is taken to begin today: the contract's own date is not known yet.
    """
    same_day = Patent.objects.filter(
        kind=PatentKind.INVENTION, holder=OuterRef("holder"), filed_on=OuterRef("filed_on"), title=OuterRef("title")
    )
    held = ProjectPatent.objects.filter(patent=OuterRef("pk"), is_held=True).exclude(project=project)
    patents = (
        Patent.objects.filter(pk__in=project.collateral.values("patent_id"))
        .annotate(
            last_event_on=Max("legal_events__on"),
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


def placements_of(project: Project) -> list[Placement]:
    """Where the project stands with each institution; `status_word` tells the firm in its own words."""
    placements = list(project.placements.select_related("institution", "product", "loan", "project").order_by("id"))
    deliveries = Delivery.objects.filter(
        event__name=PUSHED_EVENT,
        event__key=project.ref,
        endpoint__organisation__in=[placement.institution_id for placement in placements],
    ).order_by("id")
    states = dict(deliveries.values_list("endpoint__organisation_id", "state"))
    for placement in placements:
        placement.status_word = status_word(placement, states.get(placement.institution_id))
    return placements


def status_word(placement: Placement, delivery_state: str | None) -> str:
    """How far the push to one institution has come, in the words the firm reads."""
    if placement.state == PlacementState.WITHDRAWN:
        return "已撤回"
    if placement.state != PlacementState.PUSHED:
        return "已答复"
    if delivery_state is None:
        return "待机构通过接口查询"
    return _SENDING[DeliveryState(delivery_state)]
