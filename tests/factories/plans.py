"""A matching meeting with firms, holders and a bank that have places, three slots and tables."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from events.models import AgendaSlot, Event, MeetingTable, PlanMeeting, PlanParty, PlanWish, Signup, TablePlan
from events.services import plans
from portal import clock
from portal.accounts.models import Organisation, User
from portal.audit.models import AuditEntry
from portal.notices.models import Notice
from portal.outbox.models import Event as OutboxEvent
from tests.factories.accounts import OrganisationFactory, UserFactory, city_user
from tests.factories.demand import DemandFactory
from tests.factories.events import EventFactory
from tests.factories.patents import PatentFactory

HALF_HOUR = dt.timedelta(minutes=30)


@dataclass
class Scene:
    event: Event
    official: User
    firms: list[Organisation]
    holders: list[Organisation]
    bank: Organisation
    slots: list[AgendaSlot]
    tables: list[MeetingTable]

    def plan(self) -> TablePlan:
        return TablePlan.objects.get(event=self.event)

    def computed(self) -> TablePlan:
        """The plan, asked for and computed as the worker does."""
        asked = plans.request_plan(event_id=self.event.pk, by=self.official)
        plans.compute_plan(plan_id=asked.pk, number=asked.number)
        return self.plan()

    def told(self) -> list[tuple[Any, ...]]:
        """(firm, other side, slot, table, points, pinned) of each meeting."""
        names = {one.pk: one.name for one in (*self.firms, *self.holders, self.bank)}
        rows = PlanMeeting.objects.filter(plan__event=self.event).order_by("starts_at", "table__number")
        return [
            (names[one.guest_id], names[one.host_id], self.slots.index(one.slot), one.table.number, one.points,
             one.is_pinned)
            for one in rows.select_related("slot", "table")
        ]  # fmt: skip


def scene(*, firms=2, slots=2, tables=3, official=None, starts_at=None, guests=None):
    """Every firm comes, two universities and a bank too. No matches and no wishes yet."""
    official = official or city_user()
    starts_at = starts_at or clock.now().replace(minute=0, second=0, microsecond=0) + dt.timedelta(days=8)
    event = EventFactory(organiser=official.organisation, starts_at=starts_at, ends_at=starts_at + 6 * HALF_HOUR)
    guests = guests or [OrganisationFactory(name=f"企业{letter}") for letter in "甲乙丙丁"[:firms]]
    holders = [OrganisationFactory(kind="university", name=f"大学{letter}") for letter in "子丑"]
    bank = OrganisationFactory(kind="bank", name="银行")
    for number, (organisation, audience) in enumerate(
        [*((one, "firm") for one in guests), *((one, "holder") for one in holders), (bank, "lender")], 1
    ):
        come(event, organisation, audience, number)
    laid = [
        AgendaSlot.objects.create(
            event=event,
            kind="meeting",
            title=f"第 {number + 1} 轮",
            starts_at=starts_at + number * HALF_HOUR,
            ends_at=starts_at + (number + 1) * HALF_HOUR,
        )
        for number in range(slots)
    ]
    set_up = [MeetingTable.objects.create(event=event, number=number) for number in range(1, tables + 1)]
    return Scene(event, official, guests, holders, bank, laid, set_up)


def come(event, organisation, audience, number, state="confirmed"):
    """A person of the organisation with a place."""
    return Signup.objects.create(
        event=event,
        number=number,
        state=state,
        audience=audience,
        organisation=organisation,
        organisation_name=organisation.name,
        person_name=f"代表{number}",
        person_phone=f"138000{event.pk % 1000:03d}{number:02d}",
        confirmed_at=clock.now(),
    )


def match(firm, holder, score, rank=1, **need):
    """A stored match of a published need of the firm with a patent of the holder."""
    demand = DemandFactory(organisation=firm, state="published", **need)
    patent = PatentFactory(holder=holder)
    demand.matches.create(patent=patent, rank=rank, score=score, parts={}, words=[], version="v")
    return demand, patent


def person_of(organisation):
    return UserFactory(role="holder" if organisation.kind == "university" else "sme", organisation=organisation)


def written():
    """What services write: rows, audit entries, published names."""
    return (
        list(TablePlan.objects.order_by("pk").values()),
        list(PlanMeeting.objects.order_by("pk").values()),
        list(PlanWish.objects.order_by("pk").values()),
        list(PlanParty.objects.order_by("pk").values()),
        list(AgendaSlot.objects.order_by("pk").values()),
        AuditEntry.objects.count(),
        OutboxEvent.objects.count(),
        Notice.objects.count(),
    )
