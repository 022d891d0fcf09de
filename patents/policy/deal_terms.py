"""What people enter about a deal, as plain values. Amounts in yuan; shares and rates are fractions."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class PartyLine:
    """A party beside the two that lead: its side, who it is, and its share (a fraction)."""

    side: str
    name: str
    share: Decimal
    uscc: str = ""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """Money due, in yuan."""

    due_on: dt.date
    amount: Decimal
    condition: str = ""


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """What was signed. Amounts in yuan; the royalty rate is a fraction."""

    number: str
    signed_on: dt.date
    valid_from: dt.date
    pricing: str
    price_way: str
    valid_to: dt.date | None = None
    value_amount: Decimal | None = None
    royalty_rate: Decimal | None = None
    royalty_base: str = ""
    valuation_amount: Decimal | None = None
    is_related_party: bool = False
    plan: Sequence[PlanLine] = field(default=())
    others: Sequence[PartyLine] = field(default=())


@dataclass(frozen=True, slots=True)
class SupplementTerms:
    """What a supplement changes; None leaves it as it is. Yuan. A new value needs a new plan where one stands."""

    number: str
    signed_on: dt.date
    reason: str
    value_amount: Decimal | None = None
    valid_to: dt.date | None = None
    plan: Sequence[PlanLine] = field(default=())


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """What CNIPA (or for an investment the company register) recorded, and when."""

    number: str
    recorded_on: dt.date
    effective_on: dt.date


@dataclass(frozen=True, slots=True)
class MoneyFacts:
    """One payment, in yuan; `payer_id` is a party of the receiving side."""

    kind: str
    amount: Decimal
    received_on: dt.date
    payer_id: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """Leave given by a pledgee or a co-owner."""

    patent_id: int
    kind: str
    given_by: str
    given_on: dt.date


@dataclass(frozen=True, slots=True)
class Publicity:
    """What is made public. Yuan; a price that is no fixed amount is put in words."""

    result_name: str
    price_amount: Decimal | None
    price_text: str
    starts_on: dt.date
    ends_on: dt.date
    place: str
    objection_contact: str


@dataclass(frozen=True, slots=True)
class CostLine:
    """A direct cost of the deal in yuan; `evidence` is a new file or the id of a document of the deal."""

    kind: str
    amount: Decimal
    evidence: Any
    note: str = ""


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person's share (a fraction) within its group: inventors, or the transfer office."""

    group: str
    name: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class WorksheetTerms:
    """How a payment is to be divided; rates that are None are the institution's own, or the law's floor."""

    costs: Sequence[CostLine]
    people: Sequence[PersonLine]
    inventor_rate: Decimal | None = None
    office_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PayoutFacts:
    """Money paid to a person, in yuan."""

    amount: Decimal
    paid_on: dt.date
    tax_note: str = ""


@dataclass(frozen=True, slots=True)
class ShareRuleFacts:
    """An institution's own rule; rates are fractions of net income."""

    title: str
    document_number: str
    inventor_rate: Decimal
    office_rate: Decimal
    in_force_from: dt.date
