"""Keeping a loan's ledger: entries are only ever added, a mistake is reversed by one of its own."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from finance.checks.entries import EntryFacts, check_entry, parse_entry
from finance.enums import EntryKind, LoanState, PlacementState, ProjectState
from finance.models import Loan, LoanEntry, Placement
from finance.policy import ledger
from finance.queries.loans import entries_of
from finance.services.moves import lock_project, move_placement, move_project, release_patents, tell_firm
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotFound, WrongState
from portal.money import short
from portal.outbox.services import publish

ENTRY_RECORDED = "finance.loan.entry_recorded"
_TOLD = {EntryKind.OVERDUE: "逾期", EntryKind.BAD_DEBT: "认定呆账"}


@transaction.atomic
def record_entry(
    *, project_ref: str, institution: Organisation, kind: str, facts: Mapping[str, Any], by: User
) -> LoanEntry:
    """Add what a bank reports to its loan's ledger, in whatever order the reports come.

    Kinds and their facts: `finance.checks.entries`. Every day of the ledger is checked with the new line in it. The
    same number with the same facts changes nothing and returns the first.

    Raises:
        NotFound: the institution has no such project.
        WrongState: nothing was lent on it, or the loan is closed.
        Conflict: the number stands for another entry, or what is to be reversed is reversed already.
        Invalid: the facts are wrong, or the ledger would be impossible; `field` names which.
    """
    if kind not in EntryKind.values:
        raise Invalid(f"未知的事项“{kind[:20]}”。", field="kind")
    parsed = parse_entry(kind, facts)
    loan = lock_loan(project_ref, institution, by)
    if first := loan.entries.filter(number=parsed.number).first():
        return _same(first, kind, parsed)
    if loan.state == LoanState.CLOSED:
        raise WrongState("贷款已结清，不能再报送；确有差错请与省级管理人员联系。")
    check_entry(kind, parsed, loan)
    fresh = _draft(loan, kind, parsed, by)
    _check_ledger(loan, fresh, field="principal" if kind != EntryKind.REVERSAL else "reverses")
    if kind == EntryKind.CLOSED:
        _check_closing(loan, parsed.on)
    fresh.save(force_insert=True)
    _after(loan, fresh, by)
    return fresh


def lock_loan(project_ref: str, institution: Organisation, by: User) -> Loan:
    """The institution's loan on a project, the project's and the loan's rows locked."""
    project = lock_project(by, ref=project_ref)
    placement = project.placements.select_for_update(of=("self",)).filter(institution=institution).first()
    if placement is None:
        raise NotFound("没有这个融资项目。")
    placement.project = project
    loan = Loan.objects.select_for_update(of=("self",)).filter(placement=placement).first()
    if loan is None:
        raise WrongState(f"当前状态为“{placement.get_state_display()}”，尚无贷款。")
    loan.placement = placement
    return loan


def open_ledger(loan: Loan, *, first_draw: Decimal, by: User) -> None:
    """Begin the ledger of a loan that was just lent."""
    first = LoanEntry.objects.create(
        loan=loan,
        number="lend",
        kind=EntryKind.DRAW,
        on=loan.drawn_on,
        principal=first_draw,
        annual_rate=loan.annual_rate,
        recorded_by=by,
    )
    loan.balance = first.principal
    loan.save(update_fields=["balance"])


def settle(loan: Loan, *, on: dt.date, interest_paid: Decimal, by: User) -> None:
    """Repay what is left on `on` and close the loan; `interest_paid` is over its whole life, in yuan.

    Raises:
        Invalid: more interest was reported paid before, or the ledger has later movements.
    """
    rows = entries_of(loan)
    rest = interest_paid - ledger.interest_paid(rows)
    if rest < 0:
        raise Invalid(f"已付利息少于此前已报送的 {ledger.interest_paid(rows)} 元。", field="interest_paid")
    if any(entry.on > on for entry in ledger.standing(rows)):
        raise Invalid("结清日之后已有报送的事项。", field="repaid_on")
    last = LoanEntry(
        loan=loan,
        number="repay",
        kind=EntryKind.REPAYMENT,
        on=on,
        principal=ledger.balance_at(rows, on),
        interest=rest,
        recorded_by=by,
    )
    _check_ledger(loan, last, field="repaid_on")
    last.save(force_insert=True)
    _close(loan, on, by)


def _check_closing(loan: Loan, on: dt.date) -> None:
    rows = entries_of(loan)
    if ledger.balance_at(rows, dt.date.max):
        raise Invalid("本金尚未还清，不能结清。", field="kind")
    if any(entry.on > on for entry in ledger.standing(rows)):
        raise Invalid("结清日之后已有报送的事项。", field="on")


def _same(first: LoanEntry, kind: str, facts: EntryFacts) -> LoanEntry:
    reverses = first.reverses.number if first.reverses else ""
    standing = EntryFacts(
        first.number,
        first.on,
        first.principal,
        first.interest,
        first.penalty,
        first.annual_rate,
        first.period_from,
        first.period_to,
        reverses,
        first.note,
        first.due_on,
    )
    if (first.kind, standing) != (kind, facts):
        raise Conflict(f"流水号 {first.number} 已用于另一项内容不同的报送。", code="entry_differs", field="number")
    return first


def _draft(loan: Loan, kind: str, facts: EntryFacts, by: User) -> LoanEntry:
    fresh = LoanEntry(
        loan=loan,
        kind=kind,
        number=facts.number,
        on=facts.on,
        principal=facts.principal,
        interest=facts.interest,
        penalty=facts.penalty,
        annual_rate=facts.annual_rate,
        period_from=facts.period_from,
        period_to=facts.period_to,
        due_on=facts.due_on,
        note=facts.note,
        recorded_by=by,
    )
    if kind == EntryKind.REVERSAL:
        fresh.reverses = _to_be_reversed(loan, facts.reverses)
    if kind == EntryKind.INTEREST and facts.period_from and facts.period_to:
        cut = ledger.stretches(entries_of(loan), until=facts.period_to, due_on=loan.first_due_on)
        fresh.computed_interest = ledger.accrual(cut, facts.period_from, facts.period_to).interest
    return fresh


def _to_be_reversed(loan: Loan, number: str) -> LoanEntry:
    found = loan.entries.filter(number=number).first()
    if found is None or found.kind == EntryKind.REVERSAL:
        raise Invalid("没有这笔可以冲正的报送。", field="reverses")
    if hasattr(found, "reversal"):
        raise Conflict(f"流水号 {number} 已被冲正。", code="already_reversed", field="reverses")
    if number == "lend":
        raise Invalid("放款时的首笔提款不能冲正。", field="reverses")
    return found


def _check_ledger(loan: Loan, fresh: LoanEntry, *, field: str) -> None:
    newest = ledger.Entry(
        id=10**18,  # after all that is recorded
        kind=fresh.kind,
        on=fresh.on,
        principal=fresh.principal,
        rate=fresh.annual_rate,
        reverses=fresh.reverses_id,
    )
    if wrong := ledger.trouble([*entries_of(loan), newest], limit=loan.principal):
        raise Invalid(f"{wrong}。", field=field)


def _after(loan: Loan, entry: LoanEntry, by: User) -> None:
    """Bring the loan, its project and everybody concerned up to the new line."""
    project = loan.placement.project
    if entry.kind == EntryKind.CLOSED:
        _close(loan, _last_repayment(loan, entry.on), by)
    else:
        _refresh(loan)
        project.version += 1
        project.save(update_fields=["version", "updated_at"])
    record(by=by, verb=f"贷款{entry.get_kind_display()}", target=loan, number=entry.number, on=str(entry.on))
    publish(
        ENTRY_RECORDED, key=project.ref, project_ref=project.ref, loan_id=loan.pk, entry_id=entry.pk, kind=entry.kind
    )
    if entry.kind == EntryKind.EXTENSION:
        body = f"{loan.placement.institution.name}报送，到期日延至 {entry.due_on}。"
        tell_firm(project, "finance.loan.extension", f"融资项目 {project.ref} 的贷款展期", body)
    if word := _TOLD.get(EntryKind(entry.kind)):
        body = f"{loan.placement.institution.name}报送，发生日 {entry.on}，本金 {short(entry.principal)}。"
        tell_firm(project, f"finance.loan.{entry.kind}", f"融资项目 {project.ref} 的贷款{word}", body)


def _refresh(loan: Loan) -> None:
    rows = entries_of(loan)
    loan.balance = ledger.balance_at(rows, dt.date.max)
    loan.state = _state(rows)
    first = loan.first_due_on
    loan.due_on = ledger.due_day(rows, due_on=first)
    loan.original_due_on = first if loan.due_on != first else None
    loan.save(update_fields=["balance", "state", "due_on", "original_due_on"])


def _state(rows: list[ledger.Entry]) -> LoanState:
    kinds = [entry.kind for entry in ledger.standing(rows)]
    if EntryKind.BAD_DEBT in kinds:
        return LoanState.BAD_DEBT
    marks = [kind for kind in kinds if kind in (EntryKind.OVERDUE, EntryKind.CURED)]
    return LoanState.OVERDUE if marks and marks[-1] == EntryKind.OVERDUE else LoanState.RUNNING


def _last_repayment(loan: Loan, default: dt.date) -> dt.date:
    days = [entry.on for entry in ledger.standing(entries_of(loan)) if entry.kind == EntryKind.REPAYMENT]
    return max(days, default=default)


def _close(loan: Loan, on: dt.date, by: User) -> None:
    placement: Placement = loan.placement
    project = placement.project
    move_placement(placement, PlacementState.REPAID, by=by)
    move_project(project, ProjectState.REPAID, by=by)
    loan.repaid_on, loan.interest_paid = on, ledger.interest_paid(entries_of(loan))
    loan.balance, loan.state = Decimal("0.00"), LoanState.CLOSED
    loan.save(update_fields=["repaid_on", "interest_paid", "balance", "state"])
    release_patents(project)
    publish(
        "finance.loan.repaid",
        key=project.ref,
        project_ref=project.ref,
        institution_id=placement.institution_id,
        loan_id=loan.pk,
    )
    title = f"融资项目 {project.ref} 的贷款已结清"
    tell_firm(project, "finance.loan.repaid", title, f"结清日 {on}，已付利息 {short(loan.interest_paid)}。")
