"""Taking a bank's daily statement, and closing what differs. Nothing closes itself."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from finance.checks.parsing import MONEY, one_of, parse, text
from finance.enums import DifferenceState, LoanState
from finance.models import Difference, Loan, Statement
from finance.policy.ledger import balance_at
from finance.policy.reconciliation import LoanLine, differences
from finance.queries.loans import entries_of
from finance.workflow.reconciliation import DIFFERENCE_FLOW
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.outbox.services import publish

MAX_LINES = 2000
_FIELDS = {"project_ref": text(20), "principal": MONEY, "balance": MONEY, "state": one_of(dict(LoanState.choices))}


@transaction.atomic
def take_statement(
    *, institution: Organisation, number: str, day: dt.date, lines: Sequence[Mapping[str, Any]], by: User
) -> Statement:
    """Keep an institution's statement of all its loans at the end of `day`, and each difference as a work item.

    It comes over the API from the institution, or as a file through an official of the province.

    The balance compared is the ledger's at the end of that day. The same number with the same lines is the statement
    that stands already.

    Raises:
        Invalid: a line is malformed or repeated, or the day lies in the future; `field` names the line.
        Conflict: the number stands for another statement.
    """
    is_banks_own = by.role == Role.BANK and by.organisation_id == institution.pk
    if not (is_banks_own or by.role == Role.PROVINCE):
        raise NotAllowed("只有金融机构自己和省级管理人员可以报送对账单。")
    if day > clock.today():
        raise Invalid("对账日不得晚于今天。", field="day")
    theirs = _parsed(lines)
    Organisation.objects.select_for_update(no_key=True).get(pk=institution.pk)
    kept_lines = [{"project_ref": ref, **_as_json(line)} for ref, line in sorted(theirs.items())]
    if standing := Statement.objects.filter(institution=institution, number=number).first():
        if (standing.day, standing.lines) != (day, kept_lines):
            raise Conflict("该编号已用于另一份内容不同的对账单。", code="statement_differs", field="number")
        return standing
    statement = Statement.objects.create(
        institution=institution, day=day, number=number, lines=kept_lines, line_count=len(kept_lines), received_by=by
    )
    found = differences(ledger_lines(institution, day), theirs)
    Difference.objects.bulk_create(
        Difference(statement=statement, project_ref=one.project_ref, kind=one.kind, ours=one.ours, theirs=one.theirs)
        for one in found
    )
    record(by=by, verb="报送对账单", target=statement, lines=len(kept_lines), differences=len(found))
    publish(
        "finance.statement.received",
        key=f"statement:{institution.pk}",
        statement_id=statement.pk,
        differences=len(found),
    )
    return statement


@transaction.atomic
def close_difference(*, difference_id: int, by: User, resolution: str) -> Difference:
    """An official closes a difference, saying how it was settled.

    Raises:
        NotFound, NotAllowed, WrongState; Invalid without a reason.
    """
    row = Difference.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=difference_id).first()
    if row is None:
        raise NotFound("没有这条差异。")
    DIFFERENCE_FLOW.require(row.state, DifferenceState.CLOSED, actor=by)
    if not resolution.strip():
        raise Invalid("请填写处理结果。", field="resolution")
    row.state, row.resolution = DifferenceState.CLOSED, resolution.strip()
    row.closed_by, row.closed_at = by, clock.now()
    row.save(update_fields=["state", "resolution", "closed_by", "closed_at"])
    record(by=by, verb="处理对账差异", target=row, note=row.resolution)
    publish("finance.difference.closed", key=f"statement:{row.statement.institution_id}", difference_id=row.pk)
    return row


def ledger_lines(institution: Organisation, day: dt.date) -> dict[str, LoanLine]:
    """The institution's loans drawn by `day`, each with its ledger's balance at the end of it. Two queries."""
    loans = Loan.objects.filter(placement__institution=institution, drawn_on__lte=day)
    rows = loans.select_related("placement__project").prefetch_related("entries")
    return {
        loan.placement.project.ref: LoanLine(loan.principal, balance_at(entries_of(loan), day), _state_on(loan, day))
        for loan in rows
    }


def _state_on(loan: Loan, day: dt.date) -> str:
    # Closed later than the day: it still ran then.
    if loan.state == LoanState.CLOSED and loan.repaid_on and loan.repaid_on > day:
        return LoanState.RUNNING.value
    return loan.state


def _parsed(lines: Sequence[Mapping[str, Any]]) -> dict[str, LoanLine]:
    if len(lines) > MAX_LINES:
        raise Invalid(f"每份对账单最多 {MAX_LINES} 笔。", field="lines")
    found: dict[str, LoanLine] = {}
    for place, line in enumerate(lines):
        try:
            values = parse(_FIELDS, line)
        except Invalid as refusal:
            raise Invalid(refusal.message, field=f"lines[{place}].{refusal.field}") from refusal
        ref = values.pop("project_ref")
        if ref in found:
            raise Invalid(f"项目 {ref} 在对账单中重复。", field=f"lines[{place}].project_ref")
        found[ref] = LoanLine(**values)
    return found


def _as_json(line: LoanLine) -> dict[str, str]:
    return {"principal": str(line.principal), "balance": str(line.balance), "state": line.state}
