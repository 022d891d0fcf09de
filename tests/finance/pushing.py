"""What tests of the whole way look at."""

from finance.models import Answer, Loan, Placement
from portal import clock
from portal.outbox.models import Delivery


def state(delivery):
    return Delivery.objects.get(pk=delivery.pk).state


def placement_state():
    return Placement.objects.get().state


def time_passes(delivery):
    """What is due later is due now."""
    Delivery.objects.filter(pk=delivery.pk).update(next_try_at=clock.now())


def one_effect():
    """One project with one bank: each answer recorded once, one loan."""
    kinds = list(Answer.objects.order_by("pk").values_list("kind", flat=True))
    return (kinds, Loan.objects.count()) == (["accept", "lend"], 1)
