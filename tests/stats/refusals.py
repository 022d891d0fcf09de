"""Refusals of services: what is raised, and that nothing changed and nothing was published."""

import pytest
from django.apps import apps

from portal.attachments.models import Attachment
from portal.audit.models import AuditEntry
from portal.notices.models import Notice
from portal.outbox.models import Event


def traces():
    """Every row of the statistics, and how much was told about them."""
    rows = [list(model._default_manager.order_by("pk").values()) for model in apps.get_app_config("stats").get_models()]
    return rows, [model.objects.count() for model in (Event, AuditEntry, Notice, Attachment)]


def refuse(error, verb, *, field=None, code=None, message=None):
    """The verb refuses and leaves no trace."""
    before = traces()
    with pytest.raises(error) as refusal:
        verb()
    assert traces() == before
    assert field in (None, refusal.value.field)
    assert code in (None, refusal.value.code)
    assert message in (None, refusal.value.message)
