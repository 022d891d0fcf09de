"""The firm's own pages: its projects, the form, and where each stands."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from finance import services
from finance.enums import Outcome, ProjectState, RuleOutcome
from finance.forms.papers import paper_form
from finance.forms.projects import ProjectForm, initial_of, looked_for
from finance.models import DocumentDownload, Loan, LoanEntry, PledgeStep, Project
from finance.queries.admission import admission_findings, findings_as_stored, screening_rule
from finance.queries.documents import papers_of
from finance.queries.loans import default_days_of
from finance.queries.placements import placements_of
from finance.queries.pool import pool_terms
from finance.queries.products import next_best
from finance.queries.projects import projects_for
from finance.queries.screening import as_stored, by_ground, screening_of
from finance.queries.watch import life_of
from finance.services.pool import RUNNING
from finance.workflow.projects import EDITABLE, PROJECT_FLOW
from portal import clock
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import organisation_of, user_of
from portal.errors import ServiceError
from portal.ui.calls import act, tell

PAGE_SIZE = 20
SHOWN_DOWNLOADS = 20
SHOWN_ALERTS = 10
_STEPS = (
    (ProjectState.DRAFT, "填报"),
    (ProjectState.SUBMITTED, "市级审核"),
    (ProjectState.ADMITTED, "入库推送"),
    (ProjectState.LENT, "银行放款"),
    (ProjectState.REPAID, "还清"),
)
_STEPS_OF_PLEDGES = Prefetch("steps", PledgeStep.objects.select_related("patent", "legal_event").order_by("on", "id"))


@roles(Role.SME)
def project_list(request: HttpRequest) -> HttpResponse:
    """The firm's projects, newest first."""
    page = Paginator(projects_for(user_of(request)), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "finance/list.html", {"page": page})


@roles(Role.SME)
def project(request: HttpRequest, ref: str) -> HttpResponse:
    """Where one project stands, with each institution."""
    found = own(request, ref)
    is_early = found.state in EDITABLE | {ProjectState.SUBMITTED}
    findings = screening_of(found) if is_early else []
    loan = _loan(found)
    context = {
        "project": found,
        "steps": _steps(found),
        "collateral": _collateral(found),
        "pledges": found.pledges.prefetch_related(_STEPS_OF_PLEDGES).order_by("-id"),
        "recipients": found.recipients.order_by("id"),
        "placements": placements_of(found),
        **loan,
        **_time_in_pool(found, loan["loan"]),
        "rights": found.rights.all(),
        "conditions": [row for row in _conditions(found, is_early=is_early) if row["outcome"] == RuleOutcome.FAILED],
        "against": [row for row in _table(findings) if row["is_against"]],
        "is_early": is_early,
        "can_edit": found.state in EDITABLE,
        "next_best": next_best(found) if found.state == ProjectState.ADMITTED else [],
        "papers": papers_of(found),
        "downloads": DocumentDownload.objects.filter(placement__project=found)
        .select_related("placement__institution", "attachment")
        .order_by("-id")[:SHOWN_DOWNLOADS],
        "paper_form": paper_form(),
        "can_attach": found.state not in (ProjectState.CLOSED, ProjectState.LAPSED, ProjectState.REPAID),
        "can_close": ProjectState.CLOSED in PROJECT_FLOW.next_states(found.state, actor=user_of(request)),
    }
    return render(request, "finance/project.html", context)


@roles(Role.SME)
def edit(request: HttpRequest, ref: str | None = None) -> HttpResponse:
    """Start a project or change one; the button pressed says whether it is handed in."""
    found = own(request, ref) if ref else None
    if found and found.state not in EDITABLE:
        messages.error(request, f"当前状态为“{found.get_state_display()}”，不能修改。")
        return redirect(found)
    firm = organisation_of(request)
    if request.method != "POST":
        form = ProjectForm(firm=firm, initial=initial_of(found) if found else {})
    elif "search" in request.POST:
        form = ProjectForm(firm=firm, initial=looked_for(request.POST))
    else:
        form = ProjectForm(request.POST, firm=firm, is_submit="submit" in request.POST)
        if form.is_valid() and (saved := _save(request, form, found)):
            return redirect(saved)
    return render(request, "finance/form.html", {"form": form, "project": found})


@require_POST
@roles(Role.SME)
def close(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a project and its consent back."""
    found = own(request, ref)
    return act(
        request,
        found,
        "已撤回项目和共享同意，金融机构不能再查看。",
        lambda: services.close_project(project_id=found.pk, by=user_of(request)),
    )


def _collateral(found: Project) -> list[Any]:
    """The patents with their valuations, and what is left of each in words."""
    rows: list[Any] = list(found.collateral.select_related("patent").prefetch_related("valuations").order_by("id"))
    for row in rows:
        row.life = life_of(row.patent)
    return rows


def _conditions(found: Project, *, is_early: bool) -> list[dict[str, str]]:
    """Each condition of admission as it stands, before the admission; after it the page does not repeat them."""
    return findings_as_stored(admission_findings(found, screening_rule())) if is_early else []


def _time_in_pool(found: Project, loan: Loan | None) -> dict[str, Any]:
    """Whether the project can be prolonged now, or its loan followed by another."""
    terms, today = pool_terms(), clock.today()
    is_admitted = found.state == ProjectState.ADMITTED and found.expires_on is not None
    is_running = loan is not None and loan.state in RUNNING
    return {
        "can_prolong": is_admitted and terms.is_near(found.expires_on or today, today),
        "can_renew": is_running and loan is not None and terms.may_renew_loan(loan.due_on, today),
        "renewals": found.renewals.order_by("id"),
    }


def _loan(found: Project) -> dict[str, Any]:
    entries = Prefetch("entries", LoanEntry.objects.select_related("reverses").order_by("on", "id"))
    rows = Loan.objects.filter(placement__project=found).select_related("placement__institution")
    loan = rows.prefetch_related(entries).first()
    alerts = loan.alerts.order_by("-id")[:SHOWN_ALERTS] if loan else []
    return {"loan": loan, "alerts": alerts, "default_days": default_days_of(loan) if loan else 0}


def own(request: HttpRequest, ref: str) -> Project:
    """The project of that reference, if it is the firm's."""
    rows = Project.objects.visible_to(user_of(request)).select_related("organisation")
    return get_object_or_404(rows, ref=ref)


def _save(request: HttpRequest, form: ProjectForm, found: Project | None) -> Project | None:
    """Keep the form's project, and hand it in when asked to; None when it was refused outright."""
    try:
        if found:
            kept = services.update_project(project_id=found.pk, by=user_of(request), **form.wish)
        else:
            kept = services.create_project(by=user_of(request), **form.wish)
    except ServiceError as refusal:
        tell(form, refusal)
        return None
    if not form.is_submit:
        messages.success(request, f"草稿 {kept.ref} 已保存。")
        return kept
    chosen = [lender.pk for lender in form.cleaned_data["recipients"]]
    try:
        services.submit_project(
            project_id=kept.pk, by=user_of(request), consent=form.cleaned_data["consent"], recipients=chosen
        )
    except ServiceError as refusal:
        messages.error(request, f"草稿 {kept.ref} 已保存，但未能提交：{refusal.message}")
    else:
        messages.success(request, f"融资项目 {kept.ref} 已提交，等待所在市审核。")
    return kept


def _steps(found: Project) -> list[dict[str, Any]]:
    """The way from draft to repaid; a closed project stopped where its last date was written."""
    state = _last_reached(found) if found.state in (ProjectState.CLOSED, ProjectState.LAPSED) else found.state
    if state == ProjectState.RETURNED:
        state = ProjectState.DRAFT
    at = [step for step, _ in _STEPS].index(ProjectState(state))
    words = ["done" if i < at else "current" if i == at else "todo" for i in range(len(_STEPS))]
    if found.state == ProjectState.REPAID:
        words[-1] = "done"
    return [{"label": label, "state": word} for (_, label), word in zip(_STEPS, words, strict=True)]


def _last_reached(found: Project) -> ProjectState:
    if found.admitted_at:
        return ProjectState.ADMITTED
    return ProjectState.SUBMITTED if found.submitted_at else ProjectState.DRAFT


def _table(findings: list[Any]) -> list[dict[str, Any]]:
    rows = []
    for row in by_ground(as_stored(findings)):
        failed = [finding for finding in row["findings"] if finding["outcome"] == Outcome.FAILED]
        rows.append(row | {"findings": failed, "is_against": bool(failed)})
    return rows
