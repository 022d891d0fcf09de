"""Recording an act in the transaction that performs it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models, transaction

from portal.accounts.models import User
from portal.audit.models import AuditEntry


def record(*, by: User | None, verb: str, target: models.Model, note: str = "", **facts: Any) -> AuditEntry:
    """Add an audit entry; `by` is None for the portal's own jobs. `facts` must be JSON values, never secrets.

    Must run inside the transaction of the act itself, so that neither exists without the other.
    """
    return record_many(by=by, verb=verb, acts=[(target, facts)], note=note)[0]


def record_many(
    *, by: User | None, verb: str, acts: Iterable[tuple[models.Model, Mapping[str, Any]]], note: str = ""
) -> list[AuditEntry]:
    """Add an entry for each (target, facts), in one query whatever their number; otherwise as `record`."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("audit.record outside a transaction")
    return AuditEntry.objects.bulk_create(
        AuditEntry(
            actor=by,
            verb=verb,
            target_type=target._meta.label_lower,
            target_id=str(target.pk),
            target_label=str(target)[:200],
            note=note,
            facts=dict(facts),
        )
        for target, facts in acts
    )
