import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError

from finance import services
from finance.models import Answer, Loan, LoanEntry, Placement, Project
from finance.queries.loans import accrual_of, balance_on, default_days_of
from portal.audit.models import AuditEntry
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.factories.accounts import bank_user, sme_user
from tests.factories.finance import LOAN_FACTS, admitted_project, answer, entry, lent_project

pytestmark = pytest.mark.django_db
D = dt.date


@pytest.fixture
def unchanged():
    """A snapshot of all that a refused verb must leave as it was."""

    def snapshot():
        tables = (Project, Placement, Answer, Loan, LoanEntry, Event, Notice, AuditEntry)
        return {model: list(model.objects.order_by("pk").values()) for model in tables}

    return snapshot


@pytest.fixture
def lent():
    return lent_project()


def loan_of(project):
    return Loan.objects.get(placement__project=project)


def lines(project):
    rows = LoanEntry.objects.filter(loan__placement__project=project).order_by("pk")
    return [(row.kind, row.on, row.principal, row.interest) for row in rows]


def test_lending_begins_the_ledger_with_the_first_drawing(lent):
    project, _ = lent

    assert lines(project) == [("draw", D(2024, 3, 6), Decimal("2000000.00"), Decimal("0.00"))]
    loan = loan_of(project)
    assert (loan.balance, loan.state, loan.settlement) == (Decimal("2000000.00"), "running", "quarter")


def test_a_loan_may_be_drawn_in_parts():
    bank = bank_user()
    project = admitted_project(banks=[bank])
    answer(project, bank, "accept")
    answer(project, bank, "lend", **LOAN_FACTS, first_draw="500000.00", settlement="month")

    entry(project, bank, "draw", number="T2", on="2024-04-01", principal="1500000.00")

    loan = loan_of(project)
    assert [balance_on(loan, D(2024, 3, day)) for day in (5, 6, 31)] == [0, 500000, 500000]
    assert (balance_on(loan, D(2024, 4, 1)), loan.balance, loan.settlement) == (2000000, 2000000, "month")


def test_repayments_come_in_any_order(lent):
    project, bank = lent
    entry(project, bank, "repayment", number="R2", on="2024-09-01", principal="500000.00", interest="1000.00")
    entry(project, bank, "repayment", number="R1", on="2024-06-01", principal="1500000.00", penalty="3.00")

    loan = loan_of(project)

    assert [balance_on(loan, D(2024, month, 1)) for month in (5, 6, 9)] == [2000000, 500000, 0]
    assert (loan.balance, loan.state, loan.repaid_on) == (0, "running", None)


def test_settled_interest_is_kept_beside_what_the_portal_computes(lent):
    project, bank = lent

    row = entry(
        project, bank, "interest", number="J1", on="2024-03-21", period_from="2024-03-06", period_to="2024-03-21",
        interest="3041.66",
    )  # fmt: skip

    # 2,000,000 at 3.65 % for 15 days
    assert (row.interest, row.computed_interest) == (Decimal("3041.66"), Decimal("3041.67"))


def test_overdue_days_stand_apart_until_they_are_cured(lent):
    project, bank = lent
    entry(project, bank, "overdue", number="Y1", on="2024-06-21", principal="0.00", interest="18000.00")
    assert loan_of(project).state == "overdue"
    entry(project, bank, "cured", number="Y2", on="2024-06-25")

    loan = loan_of(project)

    assert (loan.state, default_days_of(loan, until=D(2024, 7, 1))) == ("running", 4)
    found = accrual_of(loan, D(2024, 6, 21), D(2024, 7, 1))
    assert (found.days, found.default_days) == (6, 4)
    notice = Notice.objects.get(kind="finance.loan.overdue")
    assert notice.title == f"融资项目 {project.ref} 的贷款逾期"


def test_a_mistake_is_reversed_and_both_lines_stay(lent, unchanged):
    project, bank = lent
    entry(project, bank, "repayment", number="R1", on="2024-06-01", principal="700000.00")

    entry(project, bank, "reversal", number="C1", on="2024-06-02", reverses="R1", note="重复报送")

    assert [line[0] for line in lines(project)] == ["draw", "repayment", "reversal"]
    loan = loan_of(project)
    assert (loan.balance, balance_on(loan, D(2024, 6, 1))) == (2000000, 2000000)
    before = unchanged()
    with pytest.raises(Conflict) as refusal:
        entry(project, bank, "reversal", number="C2", on="2024-06-02", reverses="R1", note="再次")
    assert (refusal.value.code, unchanged()) == ("already_reversed", before)


def test_closing_needs_the_whole_principal_repaid(lent, unchanged):
    project, bank = lent
    before = unchanged()
    with pytest.raises(Invalid) as refusal:
        entry(project, bank, "closed", number="Z", on="2024-09-02")
    assert (refusal.value.field, unchanged()) == ("kind", before)
    entry(project, bank, "repayment", number="R1", on="2024-09-01", principal="2000000.00", interest="36297.22")

    entry(project, bank, "closed", number="Z", on="2024-09-02")

    loan, project = loan_of(project), Project.objects.get(pk=project.pk)
    assert (loan.state, loan.repaid_on, loan.interest_paid) == ("closed", D(2024, 9, 1), Decimal("36297.22"))
    assert (project.state, project.placements.get().state) == ("repaid", "repaid")
    assert set(project.collateral.values_list("is_held", flat=True)) == {False}
    event = Event.objects.get(name="finance.loan.repaid")
    assert event.payload["loan_id"] == loan.pk


def test_repay_in_one_answer_takes_what_is_left(lent):
    project, bank = lent
    entry(project, bank, "repayment", number="R1", on="2024-06-01", principal="1500000.00", interest="17000.00")

    answer(project, bank, "repay", repaid_on="2025-03-05", interest_paid="36500.00")

    assert lines(project)[-1] == ("repayment", D(2025, 3, 5), Decimal("500000.00"), Decimal("19500.00"))
    loan = loan_of(project)
    assert (loan.state, loan.balance, loan.interest_paid) == ("closed", 0, Decimal("36500.00"))


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"repaid_on": "2024-05-31", "interest_paid": "36500.00"}, "repaid_on"),
        ({"repaid_on": "2025-03-05", "interest_paid": "16999.99"}, "interest_paid"),
    ],
)
def test_repay_refuses_what_contradicts_the_ledger(lent, unchanged, facts, field):
    project, bank = lent
    entry(project, bank, "repayment", number="R1", on="2024-06-01", principal="1500000.00", interest="17000.00")
    before = unchanged()

    with pytest.raises(Invalid) as refusal:
        answer(project, bank, "repay", **facts)

    assert (refusal.value.field, unchanged()) == (field, before)


@pytest.mark.parametrize(
    ("kind", "facts", "field"),
    [
        ("repayment", {"principal": "2000000.01"}, "principal"),
        ("repayment", {"principal": "0.00"}, "principal"),
        ("repayment", {"principal": "-5.00"}, "principal"),
        ("repayment", {"principal": 5.5}, "principal"),
        ("repayment", {"principal": "5.001"}, "principal"),
        ("repayment", {"principal": "5.00", "on": "2024-03-05"}, "on"),
        ("repayment", {"principal": "5.00", "on": "2999-01-01"}, "on"),
        ("repayment", {"principal": "5.00", "on": "昨天"}, "on"),
        ("repayment", {"principal": "5.00", "number": ""}, "number"),
        ("repayment", {"principal": "5.00", "bonus": "1"}, "bonus"),
        ("draw", {"principal": "0.01"}, "principal"),
        ("rate", {"annual_rate": "3.65"}, "annual_rate"),
        ("bad_debt", {"principal": "2000000.01"}, "principal"),
        ("cured", {}, "principal"),
        ("interest", {"period_from": "2024-03-06", "period_to": "2024-03-06", "interest": "1.00"}, "period_to"),
        ("interest", {"period_from": "2024-03-05", "period_to": "2024-03-21", "interest": "1.00"}, "period_from"),
        ("interest", {"period_from": "2024-03-06", "period_to": "2999-03-21", "interest": "1.00"}, "period_to"),
        ("reversal", {"reverses": "R9", "note": "错"}, "reverses"),
        ("reversal", {"reverses": "lend", "note": "错"}, "reverses"),
        ("reversal", {"reverses": "lend"}, "note"),
        ("forgiven", {}, "kind"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(lent, unchanged, kind, facts, field):
    project, bank = lent
    before = unchanged()

    with pytest.raises(Invalid) as refusal:
        entry(project, bank, kind, **{"number": "N1", "on": "2024-06-01"} | facts)

    assert (refusal.value.field, unchanged()) == (field, before)


def test_the_same_number_counts_once_and_never_for_something_else(lent, unchanged):
    project, bank = lent
    first = entry(project, bank, "repayment", number="R1", on="2024-06-01", principal="5.00")
    before = unchanged()

    assert entry(project, bank, "repayment", number="R1", on="2024-06-01", principal="5.00") == first
    with pytest.raises(Conflict) as refusal:
        entry(project, bank, "repayment", number="R1", on="2024-06-01", principal="6.00")

    assert (refusal.value.code, unchanged()) == ("entry_differs", before)


def test_nothing_is_recorded_on_a_closed_loan(lent, unchanged):
    project, bank = lent
    answer(project, bank, "repay", repaid_on="2025-03-05", interest_paid="36500.00")
    before = unchanged()

    with pytest.raises(WrongState):
        entry(project, bank, "repayment", number="R1", on="2024-06-01", principal="5.00")

    assert unchanged() == before


@pytest.mark.parametrize("earlier", [["accept"], ["refuse"]])
def test_nothing_is_recorded_before_money_is_lent(unchanged, earlier):
    bank = bank_user()
    project = admitted_project(banks=[bank])
    for kind in earlier:
        answer(project, bank, kind, **({"reason": "行业受限"} if kind == "refuse" else {}))
    before = unchanged()

    with pytest.raises(WrongState):
        entry(project, bank, "draw", number="T1", on="2024-06-01", principal="5.00")

    assert unchanged() == before


def test_another_bank_finds_no_loan(lent, unchanged):
    project, _ = lent
    before = unchanged()

    with pytest.raises(NotFound):
        entry(project, bank_user(), "repayment", number="R1", on="2024-06-01", principal="5.00")

    assert unchanged() == before


def test_only_the_bank_closes(lent, unchanged):
    project, bank = lent
    entry(project, bank, "repayment", number="R1", on="2024-09-01", principal="2000000.00")
    firm = sme_user(organisation=project.organisation)
    before = unchanged()

    with pytest.raises(NotAllowed):
        services.record_entry(
            project_ref=project.ref,
            institution=bank.organisation,
            kind="closed",
            facts={"number": "Z", "on": "2024-09-02"},
            by=firm,
        )

    assert unchanged() == before


@pytest.mark.parametrize("statement", ["UPDATE finance_loanentry SET principal = 1", "DELETE FROM finance_loanentry"])
def test_the_database_lets_nobody_change_a_line(lent, statement):
    with pytest.raises(InternalError, match="append_only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_refuses_a_line_below_zero(lent):
    project, bank = lent
    loan = loan_of(project)

    with pytest.raises(IntegrityError, match="loan_entry_not_negative"), transaction.atomic():
        loan.entries.create(number="X", kind="repayment", on=D(2024, 6, 1), principal="-1.00", recorded_by=bank)


# --- answers on the way to a loan


def test_papers_are_asked_for_more_than_once_and_the_firm_is_told():
    bank = bank_user()
    project = admitted_project(banks=[bank])

    answer(project, bank, "papers", papers=["2025 年财务报表"], note="加盖公章")
    answer(project, bank, "papers", papers=["专利登记簿副本"])
    again = answer(project, bank, "papers", papers=["专利登记簿副本"])

    assert again == Answer.objects.order_by("pk").last()
    assert Answer.objects.count() == 2
    assert project.placements.get().state == "pushed"
    told = Notice.objects.filter(kind="finance.placement.papers_asked").order_by("pk")
    assert [notice.body for notice in told] == ["2025 年财务报表；加盖公章", "专利登记簿副本"]


APPROVAL = {"amount": "2000000.00", "annual_rate": "0.0365", "lpr_base": "0.0300", "term_months": 12}


def test_an_approval_keeps_rate_base_and_term():
    bank = bank_user()
    project = admitted_project(banks=[bank])
    answer(project, bank, "accept")

    given = answer(project, bank, "approve", **APPROVAL)
    answer(project, bank, "lend", **LOAN_FACTS)

    assert given.facts == APPROVAL | {"annual_rate": "0.036500", "lpr_base": "0.030000"}
    assert project.placements.get().state == "lent"


@pytest.mark.parametrize(
    ("kind", "facts", "field"),
    [
        ("approve", APPROVAL | {"amount": "3000000.01"}, "amount"),
        ("approve", APPROVAL | {"amount": "0.00"}, "amount"),
        ("approve", APPROVAL | {"annual_rate": "3.65"}, "annual_rate"),
        ("approve", APPROVAL | {"lpr_base": "3.00"}, "lpr_base"),
        ("approve", APPROVAL | {"term_months": 0}, "term_months"),
        ("approve", APPROVAL | {"term_months": 12.0}, "term_months"),
        ("papers", {"papers": []}, "papers"),
        ("papers", {"papers": "报表"}, "papers"),
        ("papers", {"papers": [""]}, "papers"),
    ],
)
def test_answers_that_cannot_be_are_refused(unchanged, kind, facts, field):
    bank = bank_user()
    project = admitted_project(banks=[bank])
    answer(project, bank, "accept")
    before = unchanged()

    with pytest.raises(Invalid) as refusal:
        answer(project, bank, kind, **facts)

    assert (refusal.value.field, unchanged()) == (field, before)


def test_papers_for_a_refused_project_are_refused(unchanged):
    bank = bank_user()
    project = admitted_project(banks=[bank])
    answer(project, bank, "refuse", reason="行业受限")
    before = unchanged()

    with pytest.raises(WrongState):
        answer(project, bank, "papers", papers=["财务报表"])

    assert unchanged() == before
