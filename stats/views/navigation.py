"""Navigation projects: the public list, calls and applications, an expert's reviews, a project's reports."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from patents.enums.cultivation import ReviewState
from patents.forms.cultivation import DeclineForm, ScoreForm
from portal.accounts.access import public, roles
from portal.accounts.enums import Role
from portal.accounts.requests import organisation_of, user_of
from portal.attachments.forms import DocumentForm
from portal.attachments.models import Attachment
from portal.ui.calls import act, run
from stats.enums.navigation import APPLICATION_EDITABLE, ApplicationDocument, ApplicationState, ProjectState
from stats.enums.workplan import WITH_OWNER
from stats.forms.navigation import PlanForm, ReportForm, initial_of
from stats.models.navigation import (
    NavigationApplication,
    NavigationCall,
    NavigationMilestone,
    NavigationProject,
    NavigationReview,
)
from stats.queries import navigation as queries
from stats.services import navigation as services
from stats.services import navigation_projects as projects
from stats.workflow.navigation import APPLICATION_FLOW

PAGE_SIZE = 20
applicants = roles(Role.HOLDER, Role.SME)
_STEPS = (
    (ApplicationState.DRAFT, "填报"),
    (ApplicationState.SUBMITTED, "形式审查"),
    (ApplicationState.IN_REVIEW, "专家评审"),
    (ApplicationState.APPROVED, "立项"),
)
_SHOWN_AS = {
    ApplicationState.RETURNED: ApplicationState.DRAFT,
    ApplicationState.WITHDRAWN: ApplicationState.DRAFT,
    ApplicationState.NOT_APPROVED: ApplicationState.IN_REVIEW,
}


@require_safe
@public
def project_list(request: HttpRequest) -> HttpResponse:
    """The projects by the day of approval, the calls, and how many each year had."""
    rows = NavigationProject.objects.select_related("organisation").order_by("-approved_on", "-id")
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "calls": queries.public_calls()[:5],
        "years": queries.counts_by_year(),
        "wanted": queries.WANTED_A_YEAR,
    }
    return render(request, "stats/navigation/list.html", context)


@require_safe
@public
def call(request: HttpRequest, ref: str) -> HttpResponse:
    """What a call asks for, and which projects came of it."""
    found = get_object_or_404(NavigationCall.objects.visible_to(request.user), ref=ref)
    context = {
        "call": found,
        "is_open": queries.open_calls().filter(pk=found.pk).exists(),
        "projects": NavigationProject.objects.filter(application__call=found).select_related("organisation"),
    }
    return render(request, "stats/navigation/call.html", context)


@require_safe
@public
def project(request: HttpRequest, number: str) -> HttpResponse:
    """What is public of a project; who carries it also sees its reports, its support and what is due."""
    found = get_object_or_404(NavigationProject.objects.select_related("organisation", "application"), number=number)
    steps = list(found.milestones.all())
    context: dict[str, Any] = {"project": found, "milestones": steps, "is_own": _carries(request, found)}
    if context["is_own"]:
        is_running = found.state == ProjectState.RUNNING
        context |= {
            "claim": queries.claim_of(found),
            "due": [step.pk for step in steps if is_running and step.state in WITH_OWNER],
        }
    return render(request, "stats/navigation/project.html", context)


@applicants
def report(request: HttpRequest, number: str, step_id: int) -> HttpResponse:
    """Report a milestone of the own project."""
    own = NavigationProject.objects.filter(organisation=organisation_of(request))
    found = get_object_or_404(own, number=number)
    step: NavigationMilestone = get_object_or_404(found.milestones, pk=step_id)
    first = {"report": step.report, "spent_amount": step.spent_amount}
    form = ReportForm(request.POST or None, request.FILES or None, initial=first)
    if request.method == "POST" and form.is_valid():
        done = run(form, lambda: projects.report_step(step_id=step.pk, by=user_of(request), **form.cleaned_data))
        if done:
            messages.success(request, f"“{done.title}”的报告已提交，等待省级核查。")
            return redirect(found)
    return _form(request, form, f"报告：{step.title}", found.get_absolute_url(), "提交")


@applicants
@require_safe
def application_list(request: HttpRequest) -> HttpResponse:
    """The own applications, and the calls that are open."""
    page = Paginator(queries.own_applications(user_of(request)), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "calls": queries.open_calls().order_by("closes_on")}
    return render(request, "stats/navigation/applications.html", context)


@applicants
def apply(request: HttpRequest, ref: str) -> HttpResponse:
    """Start an application in a call."""
    found = get_object_or_404(queries.open_calls(), ref=ref)
    form = PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = run(form, lambda: services.save_application(by=user_of(request), call_ref=ref, plan=form.project_plan()))
        if made:
            messages.success(request, f"草稿 {made.ref} 已保存，请上传申报书和承诺书后提交。")
            return redirect(made)
    return _form(request, form, f"申报：{found.title}", found.get_absolute_url(), "保存草稿")


@applicants
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Change the own application."""
    found = _own(request, ref)
    form = PlanForm(request.POST or None, initial=initial_of(found))
    if request.method == "POST" and form.is_valid():
        changed = run(
            form,
            lambda: services.save_application(application_id=found.pk, by=user_of(request), plan=form.project_plan()),
        )
        if changed:
            messages.success(request, "已保存。")
            return redirect(found)
    return _form(request, form, f"修改申报 {found.ref}", found.get_absolute_url(), "保存")


@applicants
@require_safe
def application(request: HttpRequest, ref: str) -> HttpResponse:
    """Where the own application stands."""
    return _show(request, _own(request, ref), DocumentForm(purposes=ApplicationDocument.choices))


@applicants
@require_POST
def add_document(request: HttpRequest, ref: str) -> HttpResponse:
    """Upload one document of the own application."""
    found = _own(request, ref)
    form = DocumentForm(request.POST, request.FILES, purposes=ApplicationDocument.choices)
    if form.is_valid():
        file, purpose = form.cleaned_data["file"], form.cleaned_data["purpose"]
        kept = run(
            form,
            lambda: services.attach_document(
                application_id=found.pk, by=user_of(request), purpose=purpose, file=file, file_name=file.name
            ),
        )
        if kept:
            messages.success(request, f"已上传“{file.name}”。")
            return redirect(found)
    return _show(request, found, form, status=422)


@applicants
@require_POST
def submit(request: HttpRequest, ref: str) -> HttpResponse:
    """Hand the own application in."""
    found = _own(request, ref)
    return act(
        request,
        found,
        "申报已提交。",
        lambda: services.submit_application(application_id=found.pk, by=user_of(request)),
    )


@applicants
@require_POST
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """Take the own application back."""
    found = _own(request, ref)
    return act(
        request,
        found,
        "申报已撤回。",
        lambda: services.withdraw_application(application_id=found.pk, by=user_of(request)),
    )


@applicants
@require_safe
def review_list(request: HttpRequest) -> HttpResponse:
    """What the expert who is signed in was asked to judge."""
    page = Paginator(queries.reviews_of(user_of(request)), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "stats/navigation/reviews.html", {"page": page})


@applicants
def review(request: HttpRequest, review_id: int) -> HttpResponse:
    """Read an application and give points, alone: what other experts said is not shown."""
    found = _review(request, review_id)
    form = ScoreForm(request.POST or None, criteria=found.application.call.criteria)
    if request.method == "POST" and form.is_valid():
        scored = run(form, lambda: services.score_review(review_id=found.pk, by=user_of(request), **form.judgement()))
        if scored:
            messages.success(request, f"评分已提交，总分 {scored.total}。")
            return redirect("stats:navigation_reviews")
    return _show_review(request, found, form, DeclineForm(), status=422 if form.errors else 200)


@applicants
@require_POST
def decline(request: HttpRequest, review_id: int) -> HttpResponse:
    """Step back from a review."""
    found = _review(request, review_id)
    form = DeclineForm(request.POST)
    if form.is_valid():
        done = run(form, lambda: services.decline_review(review_id=found.pk, by=user_of(request), **form.cleaned_data))
        if done:
            messages.success(request, "已回避，省级管理人员将另请专家。")
            return redirect("stats:navigation_reviews")
    score = ScoreForm(criteria=found.application.call.criteria)
    return _show_review(request, found, score, form, status=422)


def _carries(request: HttpRequest, found: NavigationProject) -> bool:
    user: Any = request.user
    is_applicant = user.is_authenticated and user.role in (Role.HOLDER, Role.SME)
    return bool(is_applicant and user.organisation_id == found.organisation_id)


def _own(request: HttpRequest, ref: str) -> NavigationApplication:
    rows = NavigationApplication.objects.own(user_of(request)).select_related("call", "organisation")
    return get_object_or_404(rows, ref=ref)


def _review(request: HttpRequest, review_id: int) -> NavigationReview:
    rows = NavigationReview.objects.filter(expert=user_of(request))
    return get_object_or_404(rows.select_related("application__call", "application__organisation"), pk=review_id)


def _form(request: HttpRequest, form: Any, title: str, back: str, submit: str) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "submit": submit}
    return render(request, "form.html", context, status=422 if form.errors else 200)


def _show(request: HttpRequest, found: NavigationApplication, form: DocumentForm, status: int = 200) -> HttpResponse:
    next_states = APPLICATION_FLOW.next_states(found.state, actor=user_of(request))
    files: list[Any] = list(Attachment.objects.of(found))
    for file in files:
        file.label = ApplicationDocument(file.purpose).label
    context = {
        "application": found,
        "steps": _steps(found),
        "attachments": files,
        "form": form,
        "can_edit": found.state in APPLICATION_EDITABLE,
        "can_submit": ApplicationState.SUBMITTED in next_states,
        "can_withdraw": ApplicationState.WITHDRAWN in next_states,
        "project": NavigationProject.objects.filter(application=found).first(),
    }
    return render(request, "stats/navigation/application.html", context, status=status)


def _show_review(
    request: HttpRequest, found: NavigationReview, form: Any, decline_form: Any, status: int
) -> HttpResponse:
    context = {
        "review": found,
        "application": found.application,
        "attachments": [] if found.state == ReviewState.DECLINED else Attachment.objects.of(found.application),
        "form": form,
        "decline_form": decline_form,
        "is_open": found.state == ReviewState.ASSIGNED,
        "points": [(row["label"], found.scores.get(row["code"])) for row in found.application.call.criteria],
    }
    return render(request, "stats/navigation/review.html", context, status=status)


def _steps(found: NavigationApplication) -> list[dict[str, str]]:
    order = [step for step, _ in _STEPS]
    state = ApplicationState(found.state)
    at = order.index(_SHOWN_AS.get(state, state))
    words = ["done" if place < at else "current" if place == at else "todo" for place in range(len(order))]
    if state == ApplicationState.APPROVED:
        words[-1] = "done"
    return [{"label": label, "state": word} for (_, label), word in zip(_STEPS, words, strict=True)]
