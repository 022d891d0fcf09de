"""What institutions answer, and what each answer does to the project."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction

from finance.checks.answers import (
    ApprovalFacts,
    LoanFacts,
    RepaymentFacts,
    as_json,
    check_approval,
    check_loan,
    check_repayment,
    parse_facts,
)
from finance.enums import ANSWERABLE, REPEATED, AnswerKind, LoanState, PlacementState, ProjectState, Settlement
from finance.models import Answer, CreditLine, Loan, Placement
from finance.queries.products import next_best
from finance.services.loans import open_ledger, settle
from finance.services.moves import (
    lock_project,
    move_placement,
    move_project,
    tell_firm,
    withdraw_open_placements,
)
from finance.workflow.projects import PLACEMENT_FLOW
from portal import clock
from portal.accounts.enums import OrganisationKind, Role
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.money import short
from portal.notices.services import notify
from portal.outbox.services import publish


@transaction.atomic
def record_answer(
    *, project_ref: str, institution: Organisation, kind: str, facts: Mapping[str, Any], by: User
) -> Answer:
    """Record what an institution answers on a project that was pushed to it.

    Kinds and their facts (`finance.checks.answers.parse_facts`): accept {}, papers {papers, note}, refuse {reason},
    approve {amount, annual_rate, lpr_base, term_months}, lend {the loan}, repay {repaid_on, interest_paid}. The same
    answer again changes nothing and returns the first.

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
    if first := _earlier(placement, kind, as_json(parsed)):
        return first
    _EFFECTS[AnswerKind(kind)](placement, parsed, by)
    answer = Answer.objects.create(placement=placement, kind=kind, facts=as_json(parsed))
    record(by=by, verb=f"机构{answer.get_kind_display()}", target=project, institution=institution.name)
    return answer


def _earlier(placement: Placement, kind: str, facts: dict[str, Any]) -> Answer | None:
    rows = placement.answers.filter(kind=kind)
    if kind in REPEATED:
        return rows.filter(facts=facts).first()
    first = rows.first()
    if first is not None and first.facts != facts:
        raise Conflict(f"本机构已作出“{first.get_kind_display()}”答复，且内容与此次不同。", code="answer_differs")
    return first


def _accept(placement: Placement, _: dict[str, Any], by: User) -> None:
    move_placement(placement, PlacementState.ACCEPTED, by=by, answered_at=clock.now())
    _publish("finance.placement.accepted", placement)
    project, name = placement.project, placement.institution.name
    tell_firm(project, "finance.placement.accepted", f"{name}已受理融资项目 {project.ref}")


def _ask_for_papers(placement: Placement, facts: dict[str, Any], by: User) -> None:
    if placement.state not in ANSWERABLE:
        raise WrongState(f"当前状态为“{placement.get_state_display()}”，不能要求补充材料。")
    if by.role != Role.BANK:
        raise NotAllowed("只有金融机构可以要求补充材料。")
    project, name = placement.project, placement.institution.name
    project.version += 1
    project.save(update_fields=["version", "updated_at"])
    _publish("finance.placement.papers_asked", placement, papers=facts["papers"])
    told = "；".join(filter(None, ["、".join(facts["papers"]), facts["note"]]))
    tell_firm(project, "finance.placement.papers_asked", f"{name}请补充融资项目 {project.ref} 的材料", told)


def _approve(placement: Placement, facts: ApprovalFacts, by: User) -> None:
    move_placement(placement, PlacementState.APPROVED, by=by)
    check_approval(facts, placement.project)
    _publish("finance.placement.approved", placement, amount=str(facts.amount), term_months=facts.term_months)
    project, name = placement.project, placement.institution.name
    told = f"金额 {short(facts.amount)}，年利率 {facts.annual_rate:.4%}，期限 {facts.term_months} 个月。"
    tell_firm(project, "finance.placement.approved", f"{name}已审批通过融资项目 {project.ref}", told)


def _refuse(placement: Placement, facts: dict[str, Any], by: User) -> None:
    reason = facts["reason"]
    move_placement(placement, PlacementState.REFUSED, by=by, answered_at=clock.now(), refusal_reason=reason)
    _publish("finance.placement.refused", placement)
    project, name = placement.project, placement.institution.name
    others = next_best(project) if project.state == ProjectState.ADMITTED else []
    hint = f"还可以选择：{others[0].institution.name}“{others[0].name}”，在项目页一步推送。" if others else ""
    tell_firm(
        project,
        "finance.placement.refused",
        f"{name}未受理融资项目 {project.ref}",
        " ".join(filter(None, [f"理由：{reason}", hint])),
    )


def _lend(placement: Placement, facts: LoanFacts, by: User) -> None:
    project = placement.project
    move_placement(placement, PlacementState.LENT, by=by, answered_at=placement.answered_at or clock.now())
    check_loan(facts, project)
    move_project(project, ProjectState.LENT, by=by)
    loan = _new_loan(placement, facts)
    open_ledger(loan, first_draw=facts.first_draw or facts.principal, by=by)
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


def _new_loan(placement: Placement, facts: LoanFacts) -> Loan:
    columns = asdict(facts)
    del columns["first_draw"]
    columns["settlement"] = facts.settlement or Settlement.QUARTER
    line = _line_of(placement, facts)
    return Loan.objects.create(placement=placement, state=LoanState.RUNNING, credit_line=line, **columns)


def _line_of(placement: Placement, facts: LoanFacts) -> CreditLine | None:
    """The credit line that the loan fills, its row locked; that a loan overdraws it is told, not refused.

    The money has left the bank: the portal keeps what happened.
    """
    line_id = placement.product.credit_line_id
    if line_id is None:
        return None
    CreditLine.objects.select_for_update().get(pk=line_id)
    line = CreditLine.objects.with_use().select_related("institution").get(pk=line_id)
    if not line.open_from <= facts.contract_date <= line.open_until:
        return None
    if facts.principal > line.rest:
        office = Organisation.objects.filter(kind=OrganisationKind.AUTHORITY_PROVINCE).order_by("pk").first()
        if office is not None:
            title = f"集合授信“{line.name}”超额：余额 {short(line.rest)}，本次放款 {short(facts.principal)}"
            notify(recipient=office, kind="finance.credit_line.overdrawn", title=title)
    return line


def _repay(placement: Placement, facts: RepaymentFacts, by: User) -> None:
    PLACEMENT_FLOW.require(placement.state, PlacementState.REPAID, actor=by)
    loan = Loan.objects.select_for_update(of=("self",)).get(placement=placement)
    loan.placement = placement
    check_repayment(facts, drawn_on=loan.drawn_on)
    settle(loan, on=facts.repaid_on, interest_paid=facts.interest_paid, by=by)


def _publish(name: str, placement: Placement, **payload: Any) -> None:
    ref = placement.project.ref
    publish(name, key=ref, project_ref=ref, institution_id=placement.institution_id, **payload)


_EFFECTS: dict[AnswerKind, Any] = {
    AnswerKind.ACCEPT: _accept,
    AnswerKind.PAPERS: _ask_for_papers,
    AnswerKind.REFUSE: _refuse,
    AnswerKind.APPROVE: _approve,
    AnswerKind.LEND: _lend,
    AnswerKind.REPAY: _repay,
}
