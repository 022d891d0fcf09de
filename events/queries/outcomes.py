"""What came of an event in numbers, and the rows behind each number.

Deals and projects are followed: what counts is what happened from the day of the event to two years after its end.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from events.enums import EventState, OutcomeBasis, OutcomeKind, PlanState
from events.models import Event, Outcome, PlanMeeting
from events.policy.following import cost_per, followed_until
from finance.models import Loan
from patents.enums.deals import MoneyKind
from patents.models import DealContract, MoneyReceived
from portal import clock
from portal.attachments.models import Attachment

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts, and amounts in yuan. Money is what was received in cash, reversals taken off."""

    enquiries: int = 0
    deals: int = 0
    deal_amount: Decimal = NOTHING
    projects: int = 0
    loans: int = 0
    loan_amount: Decimal = NOTHING
    payments: int = 0
    money_amount: Decimal = NOTHING

    @property
    def results(self) -> int:
        """Contracts and loans: what the cost of an outcome is counted by."""
        return self.deals + self.loans

    def cost(self, spent: Decimal | None) -> Decimal | None:
        """Yuan for each contract or loan."""
        return cost_per(spent, self.results)


def period_of(event: Event) -> tuple[dt.date, dt.date]:
    """First and last day that count for the event."""
    first = event.starts_at.astimezone(clock.SHANGHAI).date()
    return first, followed_until(event.ends_at.astimezone(clock.SHANGHAI).date())


def figures_of(event: Event) -> Figures:
    """The event's figures. Six queries."""
    period = period_of(event)
    linked = event.outcomes.standing()
    deals, projects = linked.filter(basis=OutcomeBasis.DEAL), linked.filter(basis=OutcomeBasis.PROJECT)
    signed = DealContract.objects.filter(deal__in=deals.values("deal_id"), signed_on__range=period)
    paid = MoneyReceived.objects.filter(deal__in=deals.values("deal_id"), received_on__range=period)
    paid = paid.exclude(kind=MoneyKind.SHARES)
    loans = Loan.objects.filter(placement__project__in=projects.values("project_id"), drawn_on__range=period)
    stated = _stated(event)
    contracts = signed.aggregate(count=Count("pk"), amount=Sum("value_amount", default=NOTHING))
    money = paid.aggregate(
        count=Count("pk", filter=Q(reverses__isnull=True, reversal__isnull=True)), amount=Sum("amount", default=NOTHING)
    )
    lent = loans.aggregate(count=Count("pk"), amount=Sum("principal", default=NOTHING))
    linked_counts = dict(linked.order_by().values_list("basis").annotate(count=Count("pk")))
    return Figures(
        enquiries=linked_counts.get(OutcomeBasis.DEAL, 0) + stated[OutcomeKind.ENQUIRY][0],
        deals=contracts["count"] + stated[OutcomeKind.DEAL][0],
        deal_amount=contracts["amount"] + stated[OutcomeKind.DEAL][1],
        projects=linked_counts.get(OutcomeBasis.PROJECT, 0) + stated[OutcomeKind.PROJECT][0],
        loans=lent["count"] + stated[OutcomeKind.LOAN][0],
        loan_amount=lent["amount"] + stated[OutcomeKind.LOAN][1],
        payments=money["count"] + stated[OutcomeKind.MONEY][0],
        money_amount=money["amount"] + stated[OutcomeKind.MONEY][1],
    )


def outcomes_of(event: Event) -> QuerySet[Outcome]:
    """The rows behind the figures, the newest first, those taken back among them."""
    rows = event.outcomes.select_related("deal__contract", "project__organisation", "organisation", "recorded_by")
    return rows.order_by("-id")


def latest_meeting(guest_id: int, host_id: int) -> PlanMeeting | None:
    """The last table, of a published plan of an event that has begun, at which a firm met an owner or lender."""
    rows = PlanMeeting.objects.filter(guest_id=guest_id, host_id=host_id, is_standing=True)
    rows = rows.filter(
        plan__state=PlanState.PUBLISHED, plan__event__state=EventState.PUBLISHED, starts_at__lte=clock.now()
    )
    return rows.select_related("plan__event").order_by("-starts_at", "-id").first()


def papers_of(rows: Iterable[Outcome]) -> dict[int, list[Attachment]]:
    """The evidence of each statement, by its key. One query."""
    keys = [row.pk for row in rows if row.basis == OutcomeBasis.STATEMENT]
    found: dict[int, list[Attachment]] = {key: [] for key in keys}
    kept = Attachment.objects.filter(target_type=Outcome._meta.label_lower, target_id__in=keys, removed_at=None)
    for paper in kept.order_by("id"):
        found[paper.target_id].append(paper)
    return found


def public_counts(event: Event) -> Figures | None:
    """What everybody may see of an event that is over: counts, no amount."""
    return figures_of(event) if event.is_over and event.state == EventState.PUBLISHED else None


def _stated(event: Event) -> dict[str, tuple[int, Decimal]]:
    """Count and amount of the statements of each kind."""
    rows = event.outcomes.standing().filter(basis=OutcomeBasis.STATEMENT).order_by().values_list("kind")
    found = {
        kind: (count, amount) for kind, count, amount in rows.annotate(Count("pk"), Sum("amount", default=NOTHING))
    }
    return {kind: found.get(kind, (0, NOTHING)) for kind in OutcomeKind.values}
