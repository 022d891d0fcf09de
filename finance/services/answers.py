"""What institutions answer, and what each answer does to the project."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction

from finance.checks.answers import LoanFacts, RepaymentFacts, as_json, check_loan, check_repayment, parse_facts
from finance.enums import AnswerKind, PlacementState, ProjectState
from finance.models import Answer, Loan, Placement
from finance.services.moves import (
    lock_project,
    move_placement,
    move_project,
    release_patents,
    tell_firm,
    withdraw_open_placements,
)
from portal import clock
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotFound
from portal.money import short
from portal.outbox.services import publish


@transaction.atomic
def record_answer(
    *, project_ref: str, institution: Organisation, kind: str, facts: Mapping[str, Any], by: User
) -> Answer:
    """Record what an institution answers on a project that was pushed to it.

    Kinds and their facts (`finance.checks.parse_facts`): accept {}, refuse {reason}, lend {the loan}, repay
    {repaid_on, interest_paid}. The same answer again changes nothing and returns the first.

    Raises:
        NotFound: the project was not pushed to the institution, or its firm has withdrawn it.
        Conflict: an answer of this kind with other facts stands already.
        WrongState: the answer does not follow from where the project stands, e.g. another institution has lent.
        Invalid: the facts are wrong; `field` names which.
    """
    if kind not in AnswerKind.values:
        raise Invalid(f"未知的答复类型“{kind[:20]}”。", field="kind")
    parsed = parse_facts(kind, facts)
    # The project row is the lock: two institutions that lend at once come one after the other.
    project = lock_project(by, ref=project_ref)
    placement = project.placements.select_for_update(of=("self",)).filter(institution=institution).first()
    if placement is None:
        raise NotFound("没有这个融资项目。")
    placement.project = project
    if first := placement.answers.filter(kind=kind).first():
        return _same(first, as_json(parsed))
    _EFFECTS[AnswerKind(kind)](placement, parsed, by)
    answer = Answer.objects.create(placement=placement, kind=kind, facts=as_json(parsed))
    record(by=by, verb=f"机构{answer.get_kind_display()}", target=project, institution=institution.name)
    return answer


def _same(first: Answer, facts: dict[str, Any]) -> Answer:
    if first.facts != facts:
        raise Conflict(f"本机构已作出“{first.get_kind_display()}”答复，且内容与此次不同。", code="answer_differs")
    return first


def _accept(placement: Placement, _: str, by: User) -> None:
    move_placement(placement, PlacementState.ACCEPTED, by=by, answered_at=clock.now())
    _publish("finance.placement.accepted", placement)
    project, name = placement.project, placement.institution.name
    tell_firm(project, "finance.placement.accepted", f"{name}已受理融资项目 {project.ref}")


def _refuse(placement: Placement, reason: str, by: User) -> None:
    move_placement(placement, PlacementState.REFUSED, by=by, answered_at=clock.now(), refusal_reason=reason)
    _publish("finance.placement.refused", placement)
    project, name = placement.project, placement.institution.name
    tell_firm(project, "finance.placement.refused", f"{name}未受理融资项目 {project.ref}", f"理由：{reason}")


def _lend(placement: Placement, facts: LoanFacts, by: User) -> None:
    project = placement.project
    move_placement(placement, PlacementState.LENT, by=by, answered_at=placement.answered_at or clock.now())
    check_loan(facts, project)
    move_project(project, ProjectState.LENT, by=by)
    loan = Loan.objects.create(placement=placement, **asdict(facts))
    numbers = project.patents.filter(number__isnull=False).order_by("pk").values_list("number", flat=True)
    _publish(
        "finance.loan.lent",
        placement,
        loan_id=loan.pk,
        principal=str(loan.principal),
        drawn_on=str(loan.drawn_on),
        patent_numbers=list(numbers),
    )
    withdraw_open_placements(project, reason="lent_by_another")
    title = f"{placement.institution.name}已向融资项目 {project.ref} 放款"
    tell_firm(project, "finance.loan.lent", title, f"本金 {short(loan.principal)}，到期日 {loan.due_on}。")


def _repay(placement: Placement, facts: RepaymentFacts, by: User) -> None:
    project = placement.project
    move_placement(placement, PlacementState.REPAID, by=by)
    loan = Loan.objects.select_for_update(of=("self",)).get(placement=placement)
    check_repayment(facts, drawn_on=loan.drawn_on)
    loan.repaid_on, loan.interest_paid = facts.repaid_on, facts.interest_paid
    loan.save(update_fields=["repaid_on", "interest_paid"])
    move_project(project, ProjectState.REPAID, by=by)
    release_patents(project)
    _publish("finance.loan.repaid", placement, loan_id=loan.pk)
    title = f"融资项目 {project.ref} 的贷款已结清"
    tell_firm(
        project, "finance.loan.repaid", title, f"结清日 {loan.repaid_on}，已付利息 {short(facts.interest_paid)}。"
    )


def _publish(name: str, placement: Placement, **payload: Any) -> None:
    ref = placement.project.ref
    publish(name, key=ref, project_ref=ref, institution_id=placement.institution_id, **payload)


_EFFECTS: dict[AnswerKind, Any] = {
    AnswerKind.ACCEPT: _accept,
    AnswerKind.REFUSE: _refuse,
    AnswerKind.LEND: _lend,
    AnswerKind.REPAY: _repay,
}
