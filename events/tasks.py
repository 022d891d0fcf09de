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
