"""All these tests happen on one Monday in June 2026."""

import datetime as dt

import pytest

from patents import models
from portal import clock
from portal.audit.models import AuditEntry
from portal.notices.models import Notice
from portal.outbox.models import Event

TODAY = dt.date(2026, 6, 15)
TABLES = (
    models.Deal, models.DealParty, models.DealPatent, models.DealConsent, models.DealContract, models.DealDocument,
    models.DealMessage, models.PaymentPlanLine, models.PricePublicity, models.Objection, models.MoneyReceived,
    models.IncomeWorksheet, models.CostItem, models.IncomeShare, models.Payout, models.ShareRule,
    Event, Notice, AuditEntry,
)  # fmt: skip


@pytest.fixture(autouse=True)
def fixed_day(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.combine(TODAY, dt.time(10), tzinfo=clock.SHANGHAI))


@pytest.fixture
def unchanged():
    """A snapshot of all that a refused verb must leave as it was."""

    def snapshot():
        return {model: list(model.objects.order_by("pk").values()) for model in TABLES}

    return snapshot
