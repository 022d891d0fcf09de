"""What firms said about a holder's patents, for the holder to act on."""

from dataclasses import dataclass

from django.db.models import Count, F, Func, QuerySet

from demand.enums import RefusalReason, Side
from demand.models import MaturityCase, Refusal
from portal.accounts.models import Organisation

CASES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many patents-for-needs were refused for a reason; one refusal may name several."""

    label: str
    count: int


def refusals_of(holder: Organisation) -> QuerySet[Refusal]:
    """Firms' refusals of the holder's patents, newest first."""
    rows = Refusal.objects.filter(side=Side.FIRM, patent__holder=holder).select_related("demand", "patent")
    return rows.defer("patent__abstract", "patent__search_tokens", "demand__description").order_by("-made_at", "-id")


def reason_counts(holder: Organisation) -> list[ReasonCount]:
    """The reasons that occur, the most frequent first."""
    rows = Refusal.objects.filter(side=Side.FIRM, patent__holder=holder).order_by()
    each = rows.annotate(reason=Func(F("reasons"), function="unnest"))
    counts = dict(each.values_list("reason").annotate(count=Count("pk")))
    named = [ReasonCount(reason.label, counts[reason]) for reason in RefusalReason if reason in counts]
    return sorted(named, key=lambda one: -one.count)


def maturity_of(holder: Organisation) -> QuerySet[MaturityCase]:
    """The holder's patents that several firms found too early, newest first, at most CASES_SHOWN."""
    rows = MaturityCase.objects.filter(patent__holder=holder).select_related("patent")
    return rows.defer("patent__abstract", "patent__search_tokens").order_by("-id")[:CASES_SHOWN]
