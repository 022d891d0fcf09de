"""The officials' home: what waits for them, and since when."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from demand.enums import DemandState
from demand.models import Demand
from finance.enums import PlacementState, ProjectState
from finance.models import Placement, Project
from portal import clock
from portal.accounts.enums import RegistrationState, Role
from portal.accounts.models import Organisation
from portal.outbox.models import Delivery, DeliveryState

LATE_AFTER = dt.timedelta(days=5)
"""A review that waits longer is shown as late (own default, calendar days)."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Rows of one kind that wait."""

    label: str
    url: str
    count: int
    oldest: dt.datetime | None

    @property
    def days(self) -> int:
        return (clock.now() - self.oldest).days if self.oldest else 0

    @property
    def is_late(self) -> bool:
        return self.oldest is not None and clock.now() - self.oldest > LATE_AFTER


def callback(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the queues of who is signed in to the context of the admin's home; one query each."""
    user: Any = request.user
    queues = []
    if user.role in (Role.PROVINCE, Role.CITY):
        queues = [
            _queue("待审核单位", "admin:accounts_organisation_changelist", "state__exact=pending", "created_at",
                   Organisation.objects.visible_to(user).filter(state=RegistrationState.PENDING)),
            _queue("待审核需求", "admin:demand_demand_changelist", "state__exact=submitted", "created_at",
                   Demand.objects.visible_to(user).filter(state=DemandState.SUBMITTED)),
            _queue("待审核融资项目", "admin:finance_project_changelist", "state__exact=submitted", "submitted_at",
                   Project.objects.visible_to(user).filter(state=ProjectState.SUBMITTED)),
            _queue("待银行答复", "admin:finance_placement_changelist", "state__exact=pushed", "pushed_at",
                   Placement.objects.filter(
                       state=PlacementState.PUSHED, project__in=Project.objects.visible_to(user))),
        ]  # fmt: skip
    if user.role == Role.PROVINCE:
        dead = Delivery.objects.filter(state=DeliveryState.DEAD)
        queues.append(
            _queue("停止重试的推送", "admin:outbox_delivery_changelist", "state__exact=dead", "next_try_at", dead)
        )
    return {**context, "queues": queues}


def _queue(label: str, url: str, query: str, since: str, rows: QuerySet[Any]) -> Queue:
    found = rows.order_by().aggregate(count=Count("pk"), oldest=Min(since))
    return Queue(label, f"{reverse(url)}?{query}", found["count"], found["oldest"])
