"""Counts of pre-filing evaluation for officials and the statistics, and the institution's own list."""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Q, QuerySet

from patents.enums.prefiling import AdoptionState, PrefilingState
from patents.models import PrefilingAdoption, PrefilingCase, ProvincialInstitution
from portal.accounts.enums import Role
from portal.accounts.models import User


@dataclass(frozen=True, slots=True)
class Coverage:
    """T04: how many of the provincial institutions have adopted the evaluation."""

    institutions: int
    adopted: int

    @property
    def share(self) -> Decimal | None:
        """A fraction to four places, half up; None where there is nothing to cover."""
        if not self.institutions:
            return None
        return (Decimal(self.adopted) / self.institutions).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def provincial_institutions(day: dt.date) -> QuerySet[ProvincialInstitution]:
    """The institutions that belong to the province on `day`: the rows behind T04's denominator."""
    rows = ProvincialInstitution.objects.filter(listed_on__lte=day)
    return rows.filter(Q(delisted_on__isnull=True) | Q(delisted_on__gt=day)).select_related("organisation")


def adopted_institutions(day: dt.date) -> QuerySet[ProvincialInstitution]:
    """Those of them whose confirmed rule was in force on `day`: the rows behind T04's numerator."""
    return provincial_institutions(day).filter(
        organisation__prefiling_adoption__state=AdoptionState.CONFIRMED,
        organisation__prefiling_adoption__adopted_on__lte=day,
    )


def coverage(day: dt.date) -> Coverage:
    """T04 on `day`."""
    return Coverage(provincial_institutions(day).count(), adopted_institutions(day).count())


def coverage_table(user: User, day: dt.date) -> QuerySet[ProvincialInstitution]:
    """Each provincial institution that an official may see, with its rule and how many evaluations it made.

    Counts only: nothing of what an evaluation says.
    """
    rows = provincial_institutions(day).select_related("organisation__prefiling_adoption")
    if user.role == Role.CITY:
        rows = rows.filter(organisation__city_code=user.city_code)
    cases = "organisation__prefiling_cases"
    return rows.annotate(
        case_count=Count(cases),
        decided_count=Count(cases, filter=~Q(**{f"{cases}__decision": ""})),
        filed_count=Count(cases, filter=~Q(**{f"{cases}__filed_number": ""})),
    ).order_by("organisation__city_code", "id")


def own_cases(user: User) -> QuerySet[PrefilingCase]:
    """The institution's evaluations, newest first, without the long texts."""
    return PrefilingCase.objects.visible_to(user).defer("disclosure", "search_findings").order_by("-id")


def own_adoption(user: User) -> PrefilingAdoption | None:
    """The institution's own rule."""
    return PrefilingAdoption.objects.visible_to(user).filter(organisation=user.organisation).first()


def open_count(user: User) -> int:
    """How many evaluations of the institution run."""
    return PrefilingCase.objects.visible_to(user).exclude(state=PrefilingState.CLOSED).count()
