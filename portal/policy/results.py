"""The result of a calculation: what it came to, line by line, and why not."""

import json
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from portal.money import round_fen

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Line:
    """One step. `article` is where the rule says so; `value` is the step's outcome as text."""

    article: str
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """One condition that failed. `code` is stable; `fact` says in the user's words what stood against it."""

    code: str
    article: str
    fact: str


@dataclass(frozen=True, slots=True)
class Result:
    """Outcome under one rule version; `amount` is yuan, or None where nothing can be stated.

    `readings` holds what each reading of an unclear rule would give; then nothing is payable.
    """

    rule: str
    amount: Decimal | None
    payable: bool
    refusals: tuple[Refusal, ...] = ()
    lines: tuple[Line, ...] = ()
    readings: dict[str, Decimal] | None = None

    def as_json(self) -> dict[str, Any]:
        """The form that is stored, printed and compared: amounts as text with two decimals."""
        form: dict[str, Any] = {
            "rule": self.rule,
            "amount": None if self.amount is None else str(round_fen(self.amount)),
            "payable": self.payable,
            "refusals": [asdict(refusal) for refusal in self.refusals],
            "lines": [asdict(line) for line in self.lines],
        }
        if self.readings is not None:
            form["readings"] = {name: str(round_fen(amount)) for name, amount in self.readings.items()}
        return form


def refused(rule: str, refusals: list[Refusal]) -> Result:
    """A result that pays nothing, with every condition that failed."""
    return Result(rule, NOTHING, payable=False, refusals=tuple(refusals))


def canonical(value: Any) -> bytes:
    """The one JSON text of `value`, for comparison byte by byte. Raises TypeError on anything but JSON values."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
