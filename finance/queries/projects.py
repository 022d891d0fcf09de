"""Projects, and what a firm may put into one."""

import re
from collections.abc import Iterable

from django.db.models import Count, Q

from finance.enums import PlacementState
from finance.models import Project, ProjectQuerySet
from patents.models import Patent, PatentQuerySet
from portal.accounts.enums import SizeClass
from portal.accounts.models import Organisation, User
from portal.size_class import industry_of, size_class

PATENT_CHOICES = 50


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


def current_size_class(firm: Organisation) -> SizeClass:
    """The firm's size class computed from its figures now. Raises Invalid when a figure is missing."""
    return size_class(industry_of(firm.industry_code), firm.employee_count, firm.revenue_amount, firm.assets_amount)
