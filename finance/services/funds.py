"""Operation funds: money in, investments in patents or firms, returns and exits; and meetings with banks."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from finance.enums import FUND_IN, ExitWay, FundEntryKind, InvestmentState
from finance.models import BankMeeting, FundEntry, FundInvestment, OperationFund
from patents.models import Patent
from portal import clock
from portal.accounts.enums import LENDER_KINDS, Role
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.money import FEN, exact
from portal.outbox.services import publish

EDITORS = frozenset({Role.PROVINCE, Role.FINANCE})


@dataclass(frozen=True, slots=True)
class FundFacts:
    """What a fund is. Yuan."""

    name: str
    manager: str
    target_amount: Decimal
    founded_on: dt.date
    purpose: str
    ends_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that moved: yuan, the day, with whom, and the voucher's number, unique within the fund."""

    amount: Decimal
    on: dt.date
    number: str
    party: str = ""


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """What an official records of a meeting. Yuan."""

    title: str
    on: dt.date
    city_code: str
    place: str
    summary: str
    intent_count: int = 0
    intent_amount: Decimal = Decimal("0.00")


@transaction.atomic
def found_fund(*, facts: FundFacts, by: User) -> OperationFund:
    """Enter a fund into the register."""
    _require_editor(by)
    for field, label in {"name": "基金名称", "manager": "管理机构", "purpose": "投资方向"}.items():
        if not getattr(facts, field).strip():
            raise Invalid(f"请填写{label}。", field=field)
    if facts.target_amount <= 0:
        raise Invalid("目标规模应大于零。", field="target_amount")
    if facts.founded_on > clock.today():
        raise Invalid("设立日不得晚于今天。", field="founded_on")
    if facts.ends_on is not None and facts.ends_on <= facts.founded_on:
        raise Invalid("存续期应晚于设立日。", field="ends_on")
    if OperationFund.objects.filter(name=facts.name.strip()).exists():
        raise Conflict("已有同名基金。", field="name")
    fund = OperationFund.objects.create(
        name=facts.name.strip(),
        manager=facts.manager.strip(),
        target_amount=facts.target_amount,
        founded_on=facts.founded_on,
        ends_on=facts.ends_on,
        purpose=facts.purpose.strip(),
    )
    record(by=by, verb="登记运营基金", target=fund)
    return fund


@transaction.atomic
def move_fund_money(
    *, fund_id: int, kind: str, movement: Movement, by: User, investment_id: int | None = None
) -> FundEntry:
    """Add a movement that is no investment and no exit: a contribution, income of an investment, a fee, a distribution.

    Raises:
        Conflict: the voucher's number is taken, or the fund has not so much.
        Invalid: an amount or a day that cannot be, income without its investment; `field` names which.
    """
    fund = _lock(fund_id, by)
    if kind not in (FundEntryKind.CONTRIBUTION, FundEntryKind.INCOME, FundEntryKind.FEE, FundEntryKind.DISTRIBUTION):
        raise Invalid("投资和退出请在相应步骤登记。", field="kind")
    investment = None
    if kind == FundEntryKind.INCOME:
        investment = fund.investments.filter(pk=investment_id).first() if investment_id is not None else None
        if investment is None:
            raise Invalid("请选择取得收益的投资。", field="investment")
        if movement.on < investment.invested_on:
            raise Invalid("收益日不得早于投资日。", field="on")
    return _enter(fund, FundEntryKind(kind), movement, by, investment)


@transaction.atomic
def invest(  # noqa: PLR0913 - the facts of one investment
    *,
    fund_id: int,
    movement: Movement,
    by: User,
    patent: Patent | None = None,
    firm: Organisation | None = None,
    share: Decimal | None = None,
    note: str = "",
) -> FundInvestment:
    """Put money into a patent or a firm, never more than the fund has.

    Raises:
        Conflict: the fund has not so much.
        Invalid: neither or both of patent and firm, or a share that is none; `field` names which.
    """
    fund = _lock(fund_id, by)
    if (patent is None) == (firm is None):
        raise Invalid("请选择一件专利或者一家企业，二者之一。", field="patent")
    if share is not None and not 0 < share <= 1:
        raise Invalid("比例应大于 0、不超过 100%。", field="share")
    made = FundInvestment.objects.create(
        fund=fund, patent=patent, firm=firm, invested_on=movement.on, share=share, note=note.strip()
    )
    _enter(fund, FundEntryKind.INVESTMENT, movement, by, made)
    return made


@transaction.atomic
def exit_investment(*, investment_id: int, way: str, movement: Movement, by: User) -> FundInvestment:
    """End an investment with what came back; a total loss is an exit with the amount 0 by liquidation.

    Raises:
        WrongState: it ended already.
        Invalid: a way that is none, a day before the investment, or nothing got by another way; `field` names which.
    """
    seen = FundInvestment.objects.visible_to(by).filter(pk=investment_id).first()
    if seen is None:
        raise NotFound("没有这项投资。")
    fund = _lock(seen.fund_id, by)
    row: FundInvestment = FundInvestment.objects.select_for_update(of=("self",)).get(pk=investment_id)
    if row.state != InvestmentState.HELD:
        raise WrongState(f"当前状态为“{row.get_state_display()}”，不能再次退出。")
    if way not in ExitWay.values:
        raise Invalid("请选择退出方式。", field="way")
    if movement.on < row.invested_on or movement.on > clock.today():
        raise Invalid("退出日不得早于投资日、不得晚于今天。", field="on")
    if movement.amount or way != ExitWay.LIQUIDATION:
        _enter(fund, FundEntryKind.EXIT, movement, by, row)
    row.state, row.exited_on, row.exit_way = InvestmentState.EXITED, movement.on, way
    row.save(update_fields=["state", "exited_on", "exit_way"])
    record(by=by, verb="基金投资退出", target=row, way=way, amount=str(movement.amount))
    return row


@transaction.atomic
def record_bank_meeting(
    *, facts: MeetingFacts, institutions: Collection[Organisation], firms: Collection[Organisation], by: User
) -> BankMeeting:
    """Keep the record of a meeting of institutions and firms.

    Raises:
        Invalid: nobody of either side, a text that lacks, or a day in the future; `field` names which.
    """
    if by.role not in (Role.PROVINCE, Role.CITY):
        raise NotAllowed("只有省级和市级管理人员可以登记银企对接会。")
    if by.role == Role.CITY and facts.city_code != by.city_code:
        raise Invalid("只能登记本市的对接会。", field="city_code")
    for field, label in {"title": "名称", "place": "地点", "summary": "会议纪要"}.items():
        if not getattr(facts, field).strip():
            raise Invalid(f"请填写{label}。", field=field)
    if facts.on > clock.today():
        raise Invalid("日期不得晚于今天。", field="on")
    if not institutions or any(one.kind not in LENDER_KINDS for one in institutions):
        raise Invalid("请选择参会的银行、保险或者担保机构。", field="institutions")
    if not firms:
        raise Invalid("请选择参会企业。", field="firms")
    if facts.intent_amount < 0 or (facts.intent_amount and not facts.intent_count):
        raise Invalid("填写意向金额的，须同时填写意向项数。", field="intent_amount")
    kept = BankMeeting.objects.create(
        title=facts.title.strip(),
        on=facts.on,
        city_code=facts.city_code,
        place=facts.place.strip(),
        summary=facts.summary.strip(),
        intent_count=facts.intent_count,
        intent_amount=facts.intent_amount,
        recorded_by=by,
    )
    kept.institutions.set(institutions)
    kept.firms.set(firms)
    record(by=by, verb="登记银企对接会", target=kept)
    publish("finance.bank_meeting.recorded", key=f"bank_meeting:{kept.pk}", meeting_id=kept.pk)
    return kept


def _require_editor(by: User) -> None:
    if by.role not in EDITORS:
        raise NotAllowed("只有省级管理人员和财政部门可以登记运营基金。")


def _lock(fund_id: int, by: User) -> OperationFund:
    """The fund with its money, its row locked: two movements at once come one after the other."""
    _require_editor(by)
    if OperationFund.objects.select_for_update(of=("self",)).filter(pk=fund_id).first() is None:
        raise NotFound("没有这只基金。")
    found: OperationFund = OperationFund.objects.with_money().get(pk=fund_id)
    return found


def _enter(
    fund: OperationFund, kind: FundEntryKind, movement: Movement, by: User, investment: FundInvestment | None
) -> FundEntry:
    if movement.amount <= 0 or movement.amount != movement.amount.quantize(FEN):
        raise Invalid("金额应大于零，最多保留两位小数。", field="amount")
    if not fund.founded_on <= movement.on <= clock.today():
        raise Invalid("日期不得早于基金设立日、不得晚于今天。", field="on")
    if not movement.number.strip():
        raise Invalid("请填写凭证号。", field="number")
    if fund.entries.filter(number=movement.number.strip()).exists():
        raise Conflict("该凭证号已登记。", field="number")
    if kind not in FUND_IN and movement.amount > fund.balance:
        raise Conflict(
            f"基金余额 {exact(fund.balance)} 元，不足以支付 {exact(movement.amount)} 元。", code="fund_exhausted"
        )
    entry = FundEntry.objects.create(
        fund=fund,
        kind=kind,
        amount=movement.amount,
        on=movement.on,
        party=movement.party.strip(),
        number=movement.number.strip(),
        investment=investment,
        recorded_by=by,
    )
    record(by=by, verb=f"基金{kind.label}", target=fund, number=entry.number, amount=str(entry.amount))
    publish("finance.fund.moved", key=f"fund:{fund.pk}", fund_id=fund.pk, entry_id=entry.pk, kind=kind.value)
    return entry
