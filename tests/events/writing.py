"""What services write, as refusal tests compare it."""

from events.models import AgendaSlot, Event, EventMove, EventReport, Exhibit, Feedback, Outcome, Signup, SignupQuota
from portal.audit.models import AuditEntry
from portal.notices.models import Notice
from portal.outbox.models import Event as OutboxEvent

MODELS = (AgendaSlot, Event, EventMove, EventReport, Exhibit, Feedback, Outcome, Signup, SignupQuota, Notice)


def written():
    """Every row of the app, and what was recorded, told and published."""
    rows = [list(model.objects.order_by("pk").values()) for model in MODELS]
    return rows, AuditEntry.objects.count(), OutboxEvent.objects.count()


def notices():
    """Who was told what, in order."""
    return list(Notice.objects.order_by("pk").values_list("recipient_id", "kind", "title"))
