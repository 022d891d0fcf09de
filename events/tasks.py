"""Jobs of events. Each may run twice, and at the same time."""

from celery import shared_task


@shared_task(acks_late=True)
def compute_plan(*, plan_id: int, number: int) -> None:
    """Compute the table plan that was asked for."""
    from events.services.plans import compute_plan as compute  # leaf: imported late on purpose

    compute(plan_id=plan_id, number=number)


@shared_task(acks_late=True)
def compute_waiting_plans() -> None:
    """Take up table plans whose message was lost."""
    from events.services.plans import compute_waiting  # leaf: imported late on purpose

    compute_waiting()


@shared_task(acks_late=True)
def remind() -> None:
    """Remind those who come tomorrow."""
    from events.services import remind as remind_all  # leaf: imported late on purpose

    remind_all()


@shared_task(acks_late=True)
def chase_reports() -> None:
    """Ask for the reports that are overdue."""
    from events.services import chase_reports as chase_all  # leaf: imported late on purpose

    chase_all()
