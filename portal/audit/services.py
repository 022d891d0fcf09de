"""Recording an act in the transaction that performs it."""

from typing import Any

from django.db import models, transaction

from portal.accounts.models import User
from portal.audit.models import AuditEntry


def record(*, by: User | None, verb: str, target: models.Model, note: str = "", **facts: Any) -> AuditEntry:
    """Add an audit entry; `by` is None for the portal's own jobs. `facts` must be JSON values, never secrets.

    Must run inside the transaction of the act itself, so that neither exists without the other.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("audit.record outside a transaction")
    return AuditEntry.objects.create(
        actor=by,
        verb=verb,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        target_label=str(target)[:200],
        note=note,
        facts=facts,
    )
