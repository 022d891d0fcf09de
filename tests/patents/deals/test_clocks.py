"""The days a deal waits for, and the reminders when they have come."""

import datetime as dt
from decimal import Decimal

import pytest

from patents.enums.deals import DealClock
from patents.models import DealReminder
from patents.policy.deal_clocks import ChaseRule, Clock, ClockFacts, Planned, clocks
from patents.policy.deal_terms import PlanLine
from patents.queries.deal_clocks import clocks_of, deals_with_clocks, shown_clocks
from patents.services import deals as services
from portal import clock
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.factories.deals import published_price, recorded, signed, talks
from tests.factories.licences import accepted
from tests.patents.deals.conftest import TODAY

RULE = ChaseRule(quiet_days=30, publicity_days=7, record_notice_days=30, record_months=3, money_days=0)
DAY = dt.date(2026, 3, 10)
PLAN = (Planned(dt.date(2026, 4, 1), Decimal(100)), Planned(dt.date(2026, 6, 1), Decimal(200)))


def at(days):
    return DAY + dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (ClockFacts("enquiry", DAY), []),
        (ClockFacts("closed", DAY, signed_on=DAY, plan=PLAN), []),
        (ClockFacts("talks", DAY), [Clock(DealClock.QUIET, at(30), at(31))]),
        (ClockFacts("talks", DAY, publicity_ends_on=at(5)), [Clock(DealClock.PUBLICITY, at(12), at(13))]),
        (
            ClockFacts("contract", DAY, signed_on=DAY),
            [
                Clock(DealClock.RECORD, dt.date(2026, 6, 10), dt.date(2026, 6, 11)),
                Clock(DealClock.RECORD_SOON, dt.date(2026, 6, 10), dt.date(2026, 5, 11)),
            ],
        ),
        (
            ClockFacts("contract", DAY, signed_on=DAY, record_by=dt.date(2026, 7, 1)),
            [
                Clock(DealClock.RECORD, dt.date(2026, 7, 1), dt.date(2026, 7, 2)),
                Clock(DealClock.RECORD_SOON, dt.date(2026, 7, 1), dt.date(2026, 6, 1)),
            ],
        ),
        (
            ClockFacts("recorded", DAY, signed_on=DAY, plan=PLAN),
            [Clock(DealClock.MONEY, dt.date(2026, 4, 1), dt.date(2026, 4, 2), Decimal(100))],
        ),
        (
            ClockFacts("paying", DAY, signed_on=DAY, plan=PLAN[::-1], received=Decimal(150)),
            [Clock(DealClock.MONEY, dt.date(2026, 6, 1), dt.date(2026, 6, 2), Decimal(150))],
        ),
        (ClockFacts("paying", DAY, signed_on=DAY, plan=PLAN, received=Decimal(300)), []),
    ],
)
def test_clocks_of_a_deal(facts, found):
    assert clocks(facts, RULE) == found


@pytest.mark.django_db
class TestReminders:
    def titles(self):
        return list(Notice.objects.order_by("pk").values_list("title", flat=True))

    def on(self, monkeypatch, day):
        Notice.objects.all().delete()
        monkeypatch.setattr(clock, "now", lambda: dt.datetime.combine(day, dt.time(7), tzinfo=clock.SHANGHAI))
        return services.chase_deals()

    def test_quiet_talks_are_chased_once_until_somebody_speaks(self, monkeypatch):
        deal, _holder, firm = talks()

        counts = [self.on(monkeypatch, TODAY + dt.timedelta(days=days)) for days in (30, 31, 32)]

        assert counts == [0, 1, 0]
        assert DealReminder.objects.get().due_on == TODAY + dt.timedelta(days=30)
        services.post_message(deal_id=deal.pk, by=firm, message="仍在评估。")
        assert self.on(monkeypatch, TODAY + dt.timedelta(days=62)) == 0
        assert self.on(monkeypatch, TODAY + dt.timedelta(days=63)) == 1

    def test_publicity_that_ended_without_a_contract_is_chased_at_the_giver(self, monkeypatch):
        deal, holder, _ = published_price()

        sent = self.on(monkeypatch, TODAY)

        assert (sent, self.titles()) == (1, [f"交易 {deal.ref} 价格公示已期满，请登记合同，或者撤回公示"])
        assert Notice.objects.get().recipient == holder.organisation

    def test_record_is_announced_before_it_is_due_and_chased_after(self, monkeypatch):
        deal, *_ = signed()
        due = deal.record_by

        found = [
            (self.on(monkeypatch, due + dt.timedelta(days=days)), self.titles()[:1]) for days in (-31, -30, 0, 1, 2)
        ]

        soon, late = f"应在 {due} 前登记（备案），请办理并登记结果", f"应在 {due} 前登记（备案），现已逾期"
        name = f"交易 {deal.ref} "
        assert found == [(0, []), (1, [name + soon]), (0, []), (1, [name + late]), (0, [])]
        assert Event.objects.latest("pk").name == "patents.deal.record_due"

    def test_money_due_is_chased_at_both_sides_until_it_has_come(self, monkeypatch):
        plan = [
            PlanLine(TODAY - dt.timedelta(days=20), Decimal("100000.00")),
            PlanLine(TODAY + dt.timedelta(days=20), Decimal("200000.00")),
        ]
        deal, _holder, _firm = recorded({"plan": plan})

        counts = [self.on(monkeypatch, TODAY), self.on(monkeypatch, TODAY)]

        assert counts == [1, 0]
        assert DealReminder.objects.get().clock == "money"
        assert sorted(Event.objects.latest("pk").payload.items())[:1] == [("deal_ref", deal.ref)]

    def test_open_licence_is_chased_by_its_own_record_clock_only(self, monkeypatch):
        acceptance, _ = accepted()
        due = acceptance.record_due_on

        self.on(monkeypatch, due + dt.timedelta(days=1))

        assert set(DealReminder.objects.values_list("clock", flat=True)) <= {"money"}

    def test_page_says_which_time_limits_are_not_confirmed(self):
        deal, *_ = signed()

        (record,) = shown_clocks(deal)

        assert record == {
            "label": "应登记（备案）",
            "due_on": deal.record_by,
            "amount": None,
            "days_left": (deal.record_by - TODAY).days,
            "days_over": (TODAY - deal.record_by).days,
            "is_confirmed": False,
        }

    @pytest.mark.parametrize("rows", [1, 3])
    def test_clocks_of_many_deals_take_a_fixed_number_of_queries(self, rows, django_assert_num_queries):
        for _ in range(rows):
            talks()
        deals = list(deals_with_clocks().select_related("contract"))

        with django_assert_num_queries(5):
            found = clocks_of(deals, TODAY)

        assert [len(found[deal.pk]) for deal in deals] == [1] * rows
