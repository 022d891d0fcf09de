"""Reads of the days that deals wait for, for the page of one deal and for the daily job over all."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Max, QuerySet, Sum

from patents.enums.deals import RUNNING_STATES, DealClock, DealKind, DealState, MoneyKind
from patents.models import Deal, DealMessage, MoneyReceived, PaymentPlanLine, PricePublicity
from patents.policy.deal_clocks import Clock, ClockFacts, Planned, clocks
from patents.queries import deal_rules
from portal import clock

_RUNNING = (DealState.TALKS, *RUNNING_STATES)
_LABELS = {
    DealClock.QUIET: "洽谈应有进展",
    DealClock.PUBLICITY: "公示期满后应签约或者撤回",
    DealClock.RECORD: "应登记（备案）",
    DealClock.MONEY: "下一笔应付款",
}


def deals_with_clocks() -> QuerySet[Deal]:
    """The deals for which a clock may run, the oldest first."""
    return Deal.objects.filter(state__in=_RUNNING).order_by("pk")


def clocks_of(deals: Sequence[Deal], day: dt.date) -> dict[int, list[Clock]]:
    """The clocks of each deal by the rule in force on `day`, in a fixed number of queries; none without a rule."""
    rule = deal_rules.chase_rule(day)
    if rule is None:
        return {}
    keys = [deal.pk for deal in deals]
    said = dict(_sums(DealMessage, keys).annotate(on=Max("said_on")).values_list("deal", "on"))
    fixed = _sums(MoneyReceived, keys).exclude(kind=MoneyKind.ROYALTY).annotate(total=Sum("amount"))
    received = dict(fixed.values_list("deal", "total"))
    standing = PricePublicity.objects.filter(deal__in=keys, withdrawn_at__isnull=True)
    public_to = dict(standing.values_list("deal", "ends_on"))
    plans = _plans(keys)
    found = {}
    for deal in deals:
        contract = getattr(deal, "contract", None)
        words = [deal.opened_on, deal.answered_on, said.get(deal.pk)]
        facts = ClockFacts(
            state=deal.state,
            last_word_on=max(word for word in words if word),
            publicity_ends_on=public_to.get(deal.pk),
            signed_on=contract.signed_on if contract else None,
            record_by=deal.record_by,
            plan=plans[deal.pk],
            received=received.get(deal.pk) or Decimal(0),
        )
        found[deal.pk] = clocks(facts, rule)
    return found


def _sums(model: type[DealMessage] | type[MoneyReceived], keys: Iterable[int]) -> QuerySet:
    return model.objects.filter(deal__in=keys).order_by().values("deal")


def _plans(keys: Iterable[int]) -> defaultdict[int, list[Planned]]:
    plans: defaultdict[int, list[Planned]] = defaultdict(list)
    lines = PaymentPlanLine.objects.filter(contract__deal__in=keys, is_current=True)
    for deal_id, due_on, amount in lines.values_list("contract__deal", "due_on", "amount"):
        plans[deal_id].append(Planned(due_on, amount))
    return plans


def with_late(deals: list[Any]) -> list[Any]:
    """The deals, each with what it is late with as `late`: labels of DealClock."""
    today = clock.today()
    found = clocks_of(deals, today)
    for deal in deals:
        running = [one for one in found.get(deal.pk, []) if one.kind != DealClock.RECORD_SOON]
        deal.late = [one.kind.label for one in running if one.due_on < today]
    return deals


def shown_clocks(deal: Deal) -> list[dict[str, object]]:
    """The clocks of one deal for its page: what is waited for, until when, how many days are left, how sure that is."""
    today = clock.today()
    rows = []
    for one in clocks_of([deal], today).get(deal.pk, []):
        if one.kind == DealClock.RECORD_SOON:
            continue
        is_law = one.kind == DealClock.RECORD and deal.record_by is not None
        contract = getattr(deal, "contract", None)
        rows.append(
            {
                "label": _LABELS[one.kind],
                "due_on": one.due_on,
                "amount": one.amount,
                "days_left": (one.due_on - today).days,
                "days_over": (today - one.due_on).days,
                "is_confirmed": one.kind == DealClock.MONEY
                or (is_law and contract is not None and deal_rules.is_record_confirmed(contract.signed_on)),
            }
        )
    return rows


def is_chased_elsewhere(deal: Deal) -> bool:
    """An open licence's record has its own clock, with reminders to both sides."""
    return deal.kind == DealKind.OPEN_LICENCE
