"""Time in the pool: the terms in force, and whose time ends."""

from finance.enums import FINANCE_POOL, PlacementState, ProjectState
from finance.models import Placement, Project, ProjectQuerySet
from finance.policy.pool import PoolTerms
from portal import clock
from portal.policy.queries import in_force_on

BUSY = (PlacementState.ACCEPTED, PlacementState.APPROVED)


def pool_terms() -> PoolTerms:
    """The terms in force today.

    Raises:
        LookupError: none; the migrations bring one for every day since 2015.
    """
    rule = in_force_on(FINANCE_POOL, clock.today()).first()
    if rule is None:
        raise LookupError(f"no rule version {FINANCE_POOL}")
    return PoolTerms(**rule.parameters)


def ended_projects() -> ProjectQuerySet:
    """Projects whose time in the pool is over and that no institution is working on."""
    busy = Placement.objects.filter(state__in=BUSY).values("project_id")
    return Project.objects.filter(state=ProjectState.ADMITTED, expires_on__lt=clock.today()).exclude(pk__in=busy)
