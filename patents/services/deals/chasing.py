"""What the calendar reminds the two sides of: quiet talks, a publicity without a decision, the record, money due."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from patents.enums.deals import DealClock, Side
from patents.models import Deal, DealReminder
from patents.policy.deal_clocks import Clock
from patents.queries.deal_clocks import clocks_of, deals_with_clocks, is_chased_elsewhere
from patents.services.deals.moves import announce, tell
from portal import clock
from portal.audit.services import record
from portal.money import exact

BATCH = 500
_BOTH = frozenset({Side.GIVER, Side.RECEIVER})
_TOLD = {
    DealClock.QUIET: _BOTH,
    DealClock.PUBLICITY: frozenset({Side.GIVER}),
    DealClock.RECORD_SOON: frozenset({Side.GIVER}),
    DealClock.RECORD: _BOTH,
    DealClock.MONEY: _BOTH,
}


def chase_deals() -> int:
    """Remind of every day that has come, once for each deal, kind and day; returns how many reminders went out."""
    keys = list(deals_with_clocks().values_list("pk", flat=True))
    return sum(_chase(keys[start : start + BATCH]) for start in range(0, len(keys), BATCH))


@transaction.atomic
def _chase(keys: Sequence[int]) -> int:
    today, sent = clock.today(), 0
    # A deal that somebody moves now has its clocks read tomorrow.
    rows = deals_with_clocks().filter(pk__in=keys).select_related("contract")
    deals = list(rows.select_for_update(of=("self",), skip_locked=True))
    told = set(DealReminder.objects.filter(deal__in=deals).values_list("deal", "clock", "due_on"))
    running = clocks_of(deals, today)
    for deal in deals:
        for one in running.get(deal.pk, []):
            is_record = one.kind in (DealClock.RECORD, DealClock.RECORD_SOON)
            if today < one.remind_from or (is_record and is_chased_elsewhere(deal)):
                continue
            if one.kind == DealClock.RECORD_SOON and today > one.due_on:
                continue
            if (deal.pk, one.kind, one.due_on) not in told:
                _remind(deal, one)
                sent += 1
    return sent


def _remind(deal: Deal, one: Clock) -> None:
    DealReminder.objects.create(deal=deal, clock=one.kind, due_on=one.due_on)
    record(by=None, verb=f"催办：{one.kind.label}", target=deal, due_on=str(one.due_on))
    announce(deal, f"{one.kind}_due", due_on=str(one.due_on))
    tell(deal, _TOLD[one.kind], f"patents.deal.{one.kind}", _title(deal, one), "时限由平台提示，请按实际情况办理。")


def _title(deal: Deal, one: Clock) -> str:
    name = f"交易 {deal.ref}"
    if one.kind == DealClock.QUIET:
        return f"{name} 洽谈至 {one.due_on} 没有新进展，请继续洽谈或终止并说明原因"
    if one.kind == DealClock.PUBLICITY:
        return f"{name} 价格公示已期满，请登记合同，或者撤回公示"
    if one.kind == DealClock.RECORD_SOON:
        return f"{name} 应在 {one.due_on} 前登记（备案），请办理并登记结果"
    if one.kind == DealClock.RECORD:
        return f"{name} 应在 {one.due_on} 前登记（备案），现已逾期"
    return f"{name} 应于 {one.due_on} 支付的 {exact(one.amount or Decimal(0))} 元尚未登记到账"
