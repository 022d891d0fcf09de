"""Reads of the way from money received to inventors."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet, Sum
from django.db.models.functions import Coalesce

from patents.enums.deals import Side, WorksheetState
from patents.models import Deal, DealContract, DealParty, IncomeShare, IncomeWorksheet, MoneyReceived, Payout
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


@dataclass(slots=True)
class Balance:
    """What a person is due under confirmed worksheets of a deal, and what was paid, also under void ones. Yuan."""

    group: str
    name: str
    due: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)

    @property
    def left(self) -> Decimal:
        """Still to be paid; below zero what was paid too much."""
        return self.due - self.paid

    @property
    def overpaid(self) -> Decimal:
        """What was paid too much, else zero."""
        return max(-self.left, Decimal(0))


def balances(shares: QuerySet[IncomeShare]) -> dict[tuple[int, str, str], Balance]:
    """The balances of the people of these shares, by giver, group and name, in the order of the shares."""
    found: dict[tuple[int, str, str], Balance] = {}
    rows = shares.annotate(paid_sum=Coalesce(Sum("payouts__amount"), Decimal(0))).select_related("worksheet")
    for share in rows.order_by("worksheet__party_id", "group", "id"):
        key = (share.worksheet.party_id, share.group, share.person_name)
        row = found.setdefault(key, Balance(share.get_group_display(), share.person_name))
        row.paid += share.paid_sum
        if share.worksheet.state == WorksheetState.CONFIRMED:
            row.due += share.amount
    return found


def left_to_pay(share: IncomeShare) -> Decimal:
    """What may still be paid on a share, in yuan: the rest of it, less what the person has too much elsewhere."""
    own = share.worksheet
    same = IncomeShare.objects.filter(
        worksheet__party=own.party_id,
        worksheet__money__deal=own.money.deal_id,
        group=share.group,
        person_name=share.person_name,
    )
    (balance,) = balances(same).values()
    return max(min(share.amount - paid_amount(share), balance.left), Decimal(0))


def statement(deal: Deal, user: User) -> dict[str, Any]:
    """The deal's worksheets with their sums, and per person what is due and paid over all of them."""
    worksheets = list(worksheets_of(deal, user))
    confirmed = [sheet for sheet in worksheets if sheet.state == WorksheetState.CONFIRMED]
    seen = IncomeWorksheet.objects.visible_to(user).filter(money__deal=deal)
    by_person = balances(IncomeShare.objects.filter(worksheet__in=seen))
    people = [row for row in by_person.values() if row.due or row.paid]
    for sheet in confirmed:
        for share in sheet.shares.all():
            balance = by_person[sheet.party_id, share.group, share.person_name]
            share.left_amount = max(min(share.amount - share.paid_sum, balance.left), Decimal(0))  # type: ignore[attr-defined]
    names = ("received_amount", "cost_amount", "net_amount", "inventor_amount", "office_amount", "institution_amount")
    totals = {name: sum((getattr(sheet, name) for sheet in confirmed), Decimal(0)) for name in names}
    overpaid = sum((row.overpaid for row in people), Decimal(0))
    return {
        "worksheets": worksheets,
        "people": people,
        "totals": totals,
        "overpaid": overpaid,
        "void_payouts": void_payouts(seen),
    }


def void_payouts(sheets: QuerySet[IncomeWorksheet]) -> QuerySet[Payout]:
    """What was paid out under worksheets that are void now, less what was reversed."""
    rows = Payout.objects.filter(share__worksheet__in=sheets.filter(state=WorksheetState.VOID))
    standing = rows.filter(reverses__isnull=True, reversal__isnull=True)
    return standing.select_related("share__worksheet", "document").order_by("paid_on", "id")
