"""Reads of the way from money received to inventors."""

from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet, Sum
from django.db.models.functions import Coalesce

from patents.enums.deals import Side, WorksheetState
from patents.models import Deal, DealContract, DealParty, IncomeShare, IncomeWorksheet, MoneyReceived
from patents.policy.income import Rates, split
from patents.queries import deal_rules
from patents.queries.deals import parties_of
from portal.accounts.models import User


def part_of(money: MoneyReceived, party: DealParty) -> Decimal:
    """One giver's part of a payment, in yuan; the givers' parts sum to the payment."""
    givers = sorted(parties_of(money.deal, Side.GIVER), key=lambda giver: giver.pk)
    parts = split(money.amount, [giver.share for giver in givers])
    return dict(zip([giver.pk for giver in givers], parts, strict=True))[party.pk]


def default_rates(contract: DealContract, party: DealParty, money_kind: str) -> Rates:
    """The rates that apply when none are stated: the institution's own rule, never below the law's floors."""
    _, floor = deal_rules.inventor_floor(contract.signed_on, party.kind, money_kind)
    _, office = deal_rules.office_floor(contract.signed_on, party.kind)
    own = deal_rules.own_rule(party.organisation_id, contract.signed_on)
    rates = Rates(floor.rate, floor.article, office.rate if office else Decimal(0), office.article if office else "")
    if own is None:
        return rates
    return Rates(
        max(own.inventor_rate, rates.inventor),
        own.title if own.inventor_rate >= rates.inventor else rates.inventor_article,
        max(own.office_rate, rates.office),
        own.title if own.office_rate >= rates.office else rates.office_article,
    )


def worksheets_of(deal: Deal, user: User) -> QuerySet[IncomeWorksheet]:
    """The standing worksheets of a deal that the user may see, with costs, people and payouts."""
    shares = IncomeShare.objects.annotate(paid_sum=Coalesce(Sum("payouts__amount"), Decimal(0))).prefetch_related(
        "payouts__document", "payouts__reversal"
    )
    return (
        IncomeWorksheet.objects.visible_to(user)
        .filter(money__deal=deal)
        .exclude(state=WorksheetState.VOID)
        .select_related("money__document", "party", "rule", "office_rule", "own_rule", "confirmed_by")
        .prefetch_related("costs__document", Prefetch("shares", shares.order_by("group", "id")))
        .order_by("money__received_on", "id")
    )


def paid_amount(share: IncomeShare) -> Decimal:
    """What was paid to a person less reversals, in yuan."""
    return share.payouts.aggregate(total=Sum("amount"))["total"] or Decimal("0.00")


def undivided_money(deal: Deal, party: DealParty) -> QuerySet[MoneyReceived]:
    """Payments that stand and that this giver has no worksheet for."""
    worksheets = IncomeWorksheet.objects.filter(party=party).exclude(state=WorksheetState.VOID)
    return deal.money.filter(reverses__isnull=True, reversal__isnull=True).exclude(pk__in=worksheets.values("money_id"))


def statement(deal: Deal, user: User) -> dict[str, Any]:
    """The deal's worksheets with their sums, and per person what is due and paid over all of them."""
    worksheets = list(worksheets_of(deal, user))
    confirmed = [sheet for sheet in worksheets if sheet.state == WorksheetState.CONFIRMED]
    people: dict[tuple[str, str], dict[str, Any]] = {}
    for sheet in confirmed:
        for share in sheet.shares.all():
            row = people.setdefault(
                (share.group, share.person_name),
                {"group": share.get_group_display(), "name": share.person_name, "due": Decimal(0), "paid": Decimal(0)},
            )
            row["due"] += share.amount
            row["paid"] += share.paid_sum  # type: ignore[attr-defined]
    names = ("received_amount", "cost_amount", "net_amount", "inventor_amount", "office_amount", "institution_amount")
    totals = {name: sum((getattr(sheet, name) for sheet in confirmed), Decimal(0)) for name in names}
    return {"worksheets": worksheets, "people": list(people.values()), "totals": totals}
