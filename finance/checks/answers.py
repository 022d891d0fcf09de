"""What institutions may answer, and in which form."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from finance.checks.parsing import (
    FIELD_NAMES,
    MONEY,
    NOTE,
    NUMBER,
    RATE,
    Parser,
    as_json_values,
    date,
    one_of,
    parse,
    texts,
    whole,
    yes_no,
)
from finance.checks.projects import MAX_TERM_MONTHS
from finance.enums import AnswerKind, Settlement
from finance.models import Project
from portal import clock
from portal.errors import Invalid
from portal.money import exact

MAX_PAPERS = 20
MAX_PAPER = 100


@dataclass(frozen=True, slots=True)
class LoanFacts:
    """What a bank reports when it lends. Yuan; rates and shares are fractions."""

    bank_ref: str
    contract_date: dt.date
    drawn_on: dt.date
    due_on: dt.date
    pledge_registered_on: dt.date
    principal: Decimal
    annual_rate: Decimal
    pledge_share: Decimal
    is_first_pledge: bool
    first_draw: Decimal | None = None  # yuan drawn on `drawn_on`; None: the whole principal
    settlement: str | None = None


@dataclass(frozen=True, slots=True)
class RepaymentFacts:
    repaid_on: dt.date
    interest_paid: Decimal  # yuan, over the whole loan


@dataclass(frozen=True, slots=True)
class ApprovalFacts:
    """What a bank's credit decision says."""

    amount: Decimal  # yuan
    annual_rate: Decimal
    lpr_base: Decimal  # the reference rate that the rate is quoted over
    term_months: int


Facts = LoanFacts | RepaymentFacts | ApprovalFacts | dict[str, Any]


def check_approval(approval: ApprovalFacts, project: Project) -> None:
    """Refuse an approval of more than the firm asked for, or with rates that are percentages."""
    if not 0 < approval.amount <= project.amount:
        raise Invalid(f"审批金额应大于零、不超过项目融资金额 {exact(project.amount)} 元。", field="amount")
    for field in ("annual_rate", "lpr_base"):
        if not 0 <= getattr(approval, field) < 1:
            raise Invalid("利率请用小数填写，例如 3.65% 填 0.0365。", field=field)


def check_loan(loan: LoanFacts, project: Project) -> None:
    """Refuse a loan that contradicts itself, the project or the calendar."""
    today = clock.today()
    if loan.principal > project.amount:
        raise Invalid(f"本金不得超过项目融资金额 {exact(project.amount)} 元。", field="principal")
    if loan.principal <= 0:
        raise Invalid("本金应大于零。", field="principal")
    if loan.first_draw is not None and not 0 < loan.first_draw <= loan.principal:
        raise Invalid("首笔提款应大于零、不超过本金。", field="first_draw")
    if not 0 <= loan.annual_rate < 1:
        raise Invalid("年利率请用小数填写，例如 3.65% 填 0.0365。", field="annual_rate")
    if not 0 < loan.pledge_share <= 1:
        raise Invalid("专利质押占比应大于 0、不超过 1。", field="pledge_share")
    if loan.drawn_on < loan.contract_date:
        raise Invalid("放款日不得早于合同签订日。", field="drawn_on")
    if loan.due_on <= loan.drawn_on:
        raise Invalid("到期日应晚于放款日。", field="due_on")
    for field in ("contract_date", "drawn_on", "pledge_registered_on"):
        if getattr(loan, field) > today:
            raise Invalid(f"{FIELD_NAMES[field]}不得晚于今天。", field=field)


def check_repayment(repayment: RepaymentFacts, *, drawn_on: dt.date) -> None:
    """Refuse a repayment before the loan, in the future, or with interest below zero."""
    if repayment.repaid_on < drawn_on:
        raise Invalid("结清日不得早于放款日。", field="repaid_on")
    if repayment.repaid_on > clock.today():
        raise Invalid("结清日不得晚于今天。", field="repaid_on")
    if repayment.interest_paid < 0:
        raise Invalid("已付利息不能为负数。", field="interest_paid")


def parse_facts(kind: str, facts: Mapping[str, Any]) -> Facts:
    """The facts of an answer: loan, repayment, approval, or the plain fields of the other kinds.

    Takes Python values or their JSON forms (dates as ISO text, amounts as text). A float is refused: it cannot
    carry every fen.

    Raises:
        Invalid: a field is missing, unknown or malformed; `field` names it.
    """
    values = parse(_FIELDS[AnswerKind(kind)], facts, optional=_OPTIONAL)
    made = _CLASSES.get(AnswerKind(kind))
    return made(**values) if made else values


def as_json(facts: Facts) -> dict[str, Any]:
    """Facts in the one form that is stored and compared, whatever form they came in."""
    return as_json_values(facts if isinstance(facts, dict) else asdict(facts))


_OPTIONAL = frozenset({"first_draw", "settlement", "note"})
_CLASSES: dict[AnswerKind, Any] = {
    AnswerKind.APPROVE: ApprovalFacts,
    AnswerKind.LEND: LoanFacts,
    AnswerKind.REPAY: RepaymentFacts,
}
_FIELDS: dict[AnswerKind, dict[str, Parser]] = {
    AnswerKind.ACCEPT: {},
    AnswerKind.PAPERS: {"papers": texts(MAX_PAPERS, MAX_PAPER), "note": NOTE},
    AnswerKind.REFUSE: {"reason": NOTE},
    AnswerKind.APPROVE: {
        "amount": MONEY,
        "annual_rate": RATE,
        "lpr_base": RATE,
        "term_months": whole(1, MAX_TERM_MONTHS),
    },
    AnswerKind.LEND: {
        "bank_ref": NUMBER,
        "contract_date": date,
        "drawn_on": date,
        "due_on": date,
        "pledge_registered_on": date,
        "principal": MONEY,
        "annual_rate": RATE,
        "pledge_share": RATE,
        "is_first_pledge": yes_no,
        "first_draw": MONEY,
        "settlement": one_of(dict(Settlement.choices)),
    },
    AnswerKind.REPAY: {"repaid_on": date, "interest_paid": MONEY},
}
