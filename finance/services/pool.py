"""Time in the pool: prolonged by the firm, ended by the calendar; a loan followed by another."""

import datetime as dt

from django.db import transaction

from finance.enums import LoanState, ProjectState
from finance.models import Loan, Project, ProjectPatent, ProjectQuerySet, ProjectRight
from finance.policy.screening import failed
from finance.queries.pool import ended_projects, pool_terms
from finance.queries.screening import screening_of
from finance.services.moves import lock_project, move_project, release_patents, tell_firm, withdraw_open_placements
from finance.services.projects import push_to_fitting, told_of
from portal import clock, refs
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, WrongState
from portal.money import round_fen
from portal.outbox.services import publish

RUNNING = (LoanState.RUNNING, LoanState.OVERDUE)


@transaction.atomic
def prolong_project(*, project_id: int, by: User, consent: bool) -> Project:
    """The firm keeps an admitted project in the pool for another term, its consent given anew.

    The grounds of pledge registration are checked again; institutions that fit by now get the project.

    Raises:
        WrongState: not in the pool, or its end is not near.
        Invalid: no consent, or a ground against registration.
    """
    project = _lock_own(project_id, by)
    terms, today = pool_terms(), clock.today()
    if project.state != ProjectState.ADMITTED or project.expires_on is None:
        raise WrongState(f"当前状态为“{project.get_state_display()}”，不能续期。")
    if not terms.is_near(project.expires_on, today):
        raise WrongState(f"有效期至 {project.expires_on}，届满前 {terms.remind_days} 天内可以续期。")
    if not consent:
        raise Invalid("请勾选同意继续共享项目信息。", field="consent")
    if against := failed(screening_of(project)):
        raise Invalid(f"质押登记预检未通过，不能续期：{told_of(against)}。", code="screening_failed")
    project.expires_on = terms.expires_on(max(project.expires_on, today))
    project.consented_at, project.expiry_told_on = clock.now(), None
    project.version += 1
    project.save(update_fields=["expires_on", "consented_at", "expiry_told_on", "version", "updated_at"])
    record(by=by, verb="融资项目续期", target=project, expires_on=str(project.expires_on))
    publish("finance.project.prolonged", key=project.ref, project_ref=project.ref)
    push_to_fitting(project)
    return project


def lapse_ended() -> int:
    """End each project whose time in the pool is over, tell whose end is near; returns how many ended.

    One that an institution has accepted goes on: the institution is still at it. Run twice a day it tells once.
    """
    for pk in _near().values_list("pk", flat=True).iterator(chunk_size=500):
        _warn(pk)
    return sum(_lapse(pk) for pk in ended_projects().order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def renew_loan(*, project_id: int, by: User) -> Project:
    """Start the project of a loan that follows another: a draft with the same patents and what is still owed.

    Raises:
        WrongState: no running loan, or it ends too far ahead.
        Conflict: such a project exists already.
    """
    project = _lock_own(project_id, by)
    loan = Loan.objects.filter(placement__project=project, state__in=RUNNING).first()
    if loan is None:
        raise WrongState("没有未结清的贷款，不能申请续贷。")
    terms = pool_terms()
    if not terms.may_renew_loan(loan.due_on, clock.today()):
        raise WrongState(f"贷款 {loan.due_on} 到期，到期前 {terms.loan_renewal_days} 天内可以申请续贷。")
    if standing := project.renewals.exclude(state__in=[ProjectState.CLOSED, ProjectState.LAPSED]).first():
        raise Conflict(f"已有续贷项目 {standing.ref}。", code="renewal_exists")
    pk, ref = refs.reserve(Project, "RZ")
    fresh = Project.objects.create(
        pk=pk,
        ref=ref,
        organisation=project.organisation,
        city_code=project.city_code,
        amount=round_fen(loan.balance),
        term_months=project.term_months,
        purpose=f"续贷：{project.purpose}"[:500],
        renewal_of=project,
    )
    ProjectPatent.objects.bulk_create(
        ProjectPatent(project=fresh, patent_id=patent_id)
        for patent_id in project.collateral.order_by("id").values_list("patent_id", flat=True)
    )
    ProjectRight.objects.bulk_create(
        ProjectRight(project=fresh, kind=one.kind, number=one.number, title=one.title) for one in project.rights.all()
    )
    record(by=by, verb="申请续贷", target=fresh, renewal_of=project.ref)
    return fresh


def _near() -> ProjectQuerySet:
    terms, today = pool_terms(), clock.today()
    return Project.objects.filter(
        state=ProjectState.ADMITTED,
        expiry_told_on__isnull=True,
        expires_on__gte=today,
        expires_on__lte=today + dt.timedelta(days=terms.remind_days),
    ).order_by("pk")


@transaction.atomic
def _warn(project_id: int) -> None:
    project = Project.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=project_id)
    if project.state != ProjectState.ADMITTED or project.expiry_told_on is not None:
        return
    project.expiry_told_on = clock.today()
    project.save(update_fields=["expiry_told_on"])
    title = f"融资项目 {project.ref} 的入库有效期至 {project.expires_on}"
    tell_firm(project, "finance.project.expiring", title, "仍需融资的，请在项目页续期；届满未续期的项目自动失效。")


@transaction.atomic
def _lapse(project_id: int) -> bool:
    project = Project.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=project_id)
    if not ended_projects().filter(pk=project_id).exists():
        return False
    move_project(project, ProjectState.LAPSED, by=None)
    withdraw_open_placements(project, reason="lapsed")
    release_patents(project)
    record(by=None, verb="融资项目失效", target=project, expires_on=str(project.expires_on))
    publish("finance.project.lapsed", key=project.ref, project_ref=project.ref)
    tell_firm(project, "finance.project.lapsed", f"融资项目 {project.ref} 有效期届满，已失效", "可修改后重新提交入库。")
    return True


def _lock_own(project_id: int, by: User) -> Project:
    if by.role != Role.SME:
        raise NotAllowed("只有企业可以办理续期和续贷。")
    return lock_project(by, pk=project_id)
