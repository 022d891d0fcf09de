"""What institutions may answer, and in which form."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from finance.enums import AnswerKind
from finance.models import Project
from portal import clock
from portal.errors import Invalid
from portal.money import FEN, exact

RATE_PLACES = Decimal("0.000001")
MAX_REASON = 500
MAX_BANK_REF = 60


FIELD_NAMES = {
    "reason": "拒绝理由", "bank_ref": "合同号", "contract_date": "合同签订日", "drawn_on": "放款日", "due_on": "到期日",
    "pledge_registered_on": "质权登记日", "principal": "本金", "annual_rate": "年利率", "pledge_share": "专利质押占比",
    "is_first_pledge": "专利首次质押", "repaid_on": "结清日", "interest_paid": "已付利息",
}  # fmt: skip


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


@dataclass(frozen=True, slots=True)
class RepaymentFacts:
    repaid_on: dt.date
    interest_paid: Decimal  # yuan, over the whole loan


def check_loan(loan: LoanFacts, project: Project) -> None:
    """Refuse a loan that contradicts itself, the project or the calendar."""
    today = clock.today()
    if loan.principal > project.amount:
        raise Invalid(f"本金不得超过项目融资金额 {exact(project.amount)} 元。", field="principal")
    if loan.principal <= 0:
        raise Invalid("本金应大于零。", field="principal")
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


def parse_facts(kind: str, facts: Mapping[str, Any]) -> LoanFacts | RepaymentFacts | str:
    """The facts of an answer: loan, repayment, or the reason of a refusal (empty for an acceptance).

    Takes Python values or their JSON forms (dates as ISO text, amounts as text). A float is refused: it cannot
    carry every fen.

    Raises:
        Invalid: a field is missing, unknown or malformed; `field` names it.
    """
    fields = _FIELDS[AnswerKind(kind)]
    if unknown := sorted(set(facts) - set(fields)):
        raise Invalid(f"未知字段“{unknown[0][:40]}”。", field=unknown[0])
    values = {name: parse(name, facts.get(name)) for name, parse in fields.items()}
    if kind == AnswerKind.LEND:
        return LoanFacts(**values)
    if kind == AnswerKind.REPAY:
        return RepaymentFacts(**values)
    return str(values.get("reason", ""))


def as_json(facts: LoanFacts | RepaymentFacts | str) -> dict[str, Any]:
    """Facts in the one form that is stored and compared, whatever form they came in."""
    if isinstance(facts, str):
        return {"reason": facts} if facts else {}
    return {name: value if isinstance(value, bool) else str(value) for name, value in asdict(facts).items()}


def _text(limit: int) -> Any:
    def parse(name: str, value: object) -> str:
        text = value.strip() if isinstance(value, str) else ""
        if not text:
            raise Invalid(f"请填写{FIELD_NAMES[name]}。", field=name)
        if len(text) > limit:
            raise Invalid(f"{FIELD_NAMES[name]}不得超过 {limit} 个字。", field=name)
        return text

    return parse


def _date(name: str, value: object) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError as error:
        raise Invalid(f"{FIELD_NAMES[name]}应为日期，例如 2026-03-31。", field=name) from error


def _decimal(places: Decimal, limit: Decimal) -> Any:
    def parse(name: str, value: object) -> Decimal:
        wrong = Invalid(
            f"{FIELD_NAMES[name]}应为最多 {-int(places.as_tuple().exponent)} 位小数的十进制数，以文本传送。", field=name
        )
        if not isinstance(value, Decimal | str | int) or isinstance(value, bool):
            raise wrong
        try:
            number = Decimal(value)
            if not number.is_finite() or abs(number) >= limit or number != number.quantize(places):
                raise wrong
        except InvalidOperation as error:
            raise wrong from error
        return number.quantize(places)

    return parse


def _yes_no(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise Invalid(f"{FIELD_NAMES[name]}应为 true 或 false。", field=name)
    return value


_MONEY = _decimal(FEN, Decimal(10) ** 14)
_RATE = _decimal(RATE_PLACES, Decimal(1000))
_FIELDS: dict[AnswerKind, dict[str, Any]] = {
    AnswerKind.ACCEPT: {},
    AnswerKind.REFUSE: {"reason": _text(MAX_REASON)},
    AnswerKind.LEND: {
        "bank_ref": _text(MAX_BANK_REF),
        "contract_date": _date,
        "drawn_on": _date,
        "due_on": _date,
        "pledge_registered_on": _date,
        "principal": _MONEY,
        "annual_rate": _RATE,
        "pledge_share": _RATE,
        "is_first_pledge": _yes_no,
    },
    AnswerKind.REPAY: {"repaid_on": _date, "interest_paid": _MONEY},
}
