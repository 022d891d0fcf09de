"""What a drill comes to: the portal's rows beside the banks' own books."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from finance.models import Answer, Loan
from portal.outbox.models import Delivery, DeliveryState

Books = dict[int, dict[str, list[dict[str, Any]]]]
"""By the bank's organisation: pushes, effects, answers and loans as the bank itself wrote them down."""


@dataclass(frozen=True, slots=True)
class Count:
    """Every figure is zero when nothing went wrong."""

    lost: int
    doubled: int
    misordered: int
    ledger_differences: int

    def __str__(self) -> str:
        return (
            f"lost={self.lost} doubled={self.doubled} misordered={self.misordered} "
            f"ledger_differences={self.ledger_differences}"
        )

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.misordered or self.ledger_differences)


def count(books: Books) -> Count:
    """Compare the portal with the banks' books."""
    return Count(_lost(books), _doubled(books), _misordered(books), _ledger_differences(books))


def _deliveries() -> dict[int, list[tuple[str, str]]]:
    """Event number and key of each push, by bank, in the order in which they had to arrive."""
    sent: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = Delivery.objects.filter(endpoint__isnull=False).order_by("id")
    for bank, ref, key in rows.values_list("endpoint__organisation_id", "event__ref", "key"):
        sent[bank].append((ref, key))
    return sent


def _lost(books: Books) -> int:
    """Pushes that a bank has not got, or that the portal does not know to have arrived."""
    missing = sum(
        len({ref for ref, _ in rows} - {push["webhook_id"] for push in books[bank]["pushes"]})
        for bank, rows in _deliveries().items()
    )
    return missing + Delivery.objects.filter(endpoint__isnull=False).exclude(state=DeliveryState.DELIVERED).count()


def _doubled(books: Books) -> int:
    """Effects beyond the first: at a bank of one push, at the portal of one answer, of one loan on one project."""
    effects = Counter(effect["webhook_id"] for book in books.values() for effect in book["effects"])
    answers = Counter(Answer.objects.values_list("placement_id", "kind"))
    loans = Counter(Loan.objects.values_list("placement__project_id", flat=True))
    entries = Counter(Loan.objects.values_list("pk", "entries__kind", "entries__number"))
    return sum(many - 1 for counted in (effects, answers, loans, entries) for many in counted.values())


def _misordered(books: Books) -> int:
    """Neighbours among one project's pushes to one bank that arrived the other way round."""
    wrong = 0
    for bank, rows in _deliveries().items():
        arrival = {push["webhook_id"]: place for place, push in enumerate(books[bank]["pushes"])}
        by_key = defaultdict(list)
        for ref, key in rows:
            if ref in arrival:
                by_key[key].append(arrival[ref])
        wrong += sum(first > second for places in by_key.values() for first, second in pairwise(places))
    return wrong


def _ledger_differences(books: Books) -> int:
    """Loans and answers that one side has and the other has not, or has otherwise."""
    differences = 0
    for bank, book in books.items():
        ours = {
            ref: (principal, balance, interest or Decimal("0.00"))
            for ref, principal, balance, interest in Loan.objects.filter(placement__institution=bank).values_list(
                "placement__project__ref", "principal", "balance", "interest_paid"
            )
        }
        theirs = {
            loan["project_ref"]: (Decimal(loan["principal"]), Decimal(loan["balance"]), Decimal(loan["interest"]))
            for loan in book["loans"]
        }
        differences += sum(ours.get(ref) != theirs.get(ref) for ref in ours.keys() | theirs.keys())
        differences += len(_answers_here(bank) ^ _answers_there(book))
    return differences


def _answers_here(bank: int) -> set[tuple[str, str]]:
    rows = Answer.objects.filter(placement__institution=bank)
    return set(rows.values_list("placement__project__ref", "kind"))


def _answers_there(book: dict[str, list[dict[str, Any]]]) -> set[tuple[str, str]]:
    taken = (row for row in book["answers"] if row["status"] == 201 and row["kind"] != "repayment")  # noqa: PLR2004
    return {(row["project_ref"], row["kind"]) for row in taken}
