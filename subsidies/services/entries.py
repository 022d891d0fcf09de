"""Movements of a budget: every one is an entry that stays. Callers have locked the claim before its budget."""

from decimal import Decimal

from portal.accounts.models import User
from portal.errors import Invalid
from subsidies.enums import EntryKind
from subsidies.models import Budget, BudgetEntry, Claim

NOTHING = Decimal("0.00")


def lock_budget(claim: Claim) -> Budget:
    """The budget that pays the claim, locked. Raises Invalid when there is none."""
    found = Budget.objects.select_for_update().filter(year=claim.year, kind=claim.kind).first()
    if found is None:
        raise Invalid(f"没有 {claim.year} 年{claim.get_kind_display()}的预算，不能核定。", code="no_budget")
    return found


def add_entry(
    budget: Budget, claim: Claim, kind: EntryKind, amount: Decimal, *, by: User | None, note: str = ""
) -> None:
    """Write a movement and its effect on the budget, whose row the caller has locked."""
    reserved, paid = {
        EntryKind.RESERVE: (amount, NOTHING),
        EntryKind.RELEASE: (-amount, NOTHING),
        EntryKind.PAY: (-amount, amount),
        EntryKind.RECOVER: (NOTHING, -amount),
    }[kind]
    budget.reserved_amount += reserved
    budget.paid_amount += paid
    budget.save(update_fields=["reserved_amount", "paid_amount"])
    BudgetEntry.objects.create(budget=budget, claim=claim, kind=kind, amount=amount, by=by, note=note)


def release(claim: Claim, *, by: User | None, note: str) -> None:
    """Give back what is held for a claim that will not be paid; nothing when nothing is held."""
    if claim.approved_amount is None:
        return
    add_entry(lock_budget(claim), claim, EntryKind.RELEASE, claim.approved_amount, by=by, note=note)
    claim.approved_amount = None
    claim.save(update_fields=["approved_amount", "updated_at"])
