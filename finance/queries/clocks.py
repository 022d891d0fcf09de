"""Time for answers: whose has run out, and how each institution keeps it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, Q

from finance.enums import ANSWER_CLOCK, PlacementState
from finance.models import Placement
from finance.policy.clocks import AnswerClock
from portal import clock
from portal.accounts.models import User
from portal.policy.models import RuleState, RuleVersion
from portal.working_days import CalendarUnknown, working_days_between

MAX_BANKS = 200
MAX_MEASURED = 5000


@dataclass(frozen=True, slots=True)
class BankFigures:
    """How one institution answered, over all that `user` may see."""

    name: str
    pushed: int
    waiting: int
    overdue: int
    refused: int
    lent: int
    mean_days: float | None  # working days from push to answer; None before the first answer


def clocks() -> Callable[[dt.date], AnswerClock | None]:
    """What gives the clock of a push of any day; None where none was in force. One query, made here."""
    versions = list(RuleVersion.objects.filter(kind=ANSWER_CLOCK, state=RuleState.IN_FORCE).order_by("-in_force_from"))

    def pick(day: dt.date) -> AnswerClock | None:
        for rule in versions:
            if rule.in_force_from <= day and (rule.in_force_to is None or day < rule.in_force_to):
                return AnswerClock(rule.parameters["working_days"], rule.parameters["chase_days"])
        return None

    return pick


def due_on(placement: Placement, pick: Callable[[dt.date], AnswerClock | None]) -> dt.date | None:
    """The last day for an answer that is still waited for; None beyond the calendar that is loaded, too."""
    if placement.state != PlacementState.PUSHED:
        return None
    pushed_on = placement.pushed_at.astimezone(clock.SHANGHAI).date()
    found = pick(pushed_on)
    try:
        return found.due_on(pushed_on) if found else None
    except CalendarUnknown:
        return None


def is_overdue(placement: Placement) -> bool:
    """Whether the institution has not answered in time."""
    last = due_on(placement, clocks())
    return last is not None and clock.today() > last


def bank_figures(user: User) -> list[BankFigures]:
    """Each institution's figures, most pushes first. Two queries."""
    rows = Placement.objects.visible_to(user)
    counted = (
        rows.order_by()
        .values("institution_id", "institution__name")
        .annotate(
            pushed=Count("pk"),
            waiting=Count("pk", filter=Q(state=PlacementState.PUSHED)),
            overdue=Count("pk", filter=Q(state=PlacementState.PUSHED, chase_level__gt=0)),
            refused=Count("pk", filter=Q(state=PlacementState.REFUSED)),
            lent=Count("pk", filter=Q(state__in=[PlacementState.LENT, PlacementState.REPAID])),
        )
        .order_by("-pushed", "institution_id")[:MAX_BANKS]
    )
    days = _days_by_bank(user)
    return [
        BankFigures(
            row["institution__name"],
            row["pushed"],
            row["waiting"],
            row["overdue"],
            row["refused"],
            row["lent"],
            _mean(days.get(row["institution_id"], [])),
        )
        for row in counted
    ]


def _days_by_bank(user: User) -> dict[int, list[int]]:
    answered = Placement.objects.visible_to(user).filter(answered_at__isnull=False).order_by("-id")
    found: dict[int, list[int]] = {}
    for bank, pushed_at, answered_at in answered.values_list("institution_id", "pushed_at", "answered_at")[
        :MAX_MEASURED
    ]:
        assert answered_at is not None  # noqa: S101 - filtered above
        first, last = (moment.astimezone(clock.SHANGHAI).date() for moment in (pushed_at, answered_at))
        try:
            found.setdefault(bank, []).append(working_days_between(first, last))
        except CalendarUnknown:
            continue
    return found


def _mean(days: list[int]) -> float | None:
    return sum(days) / len(days) if days else None
