"""Centres: the public list, calls and applications, an expert's reviews, a centre's yearly report."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from patents.enums.cultivation import (
    APPLICATION_EDITABLE,
    ApplicationDocument,
    ApplicationState,
    CentreState,
    ReviewState,
)
from patents.forms.cultivation import DeclineForm, PlanForm, ReportForm, ScoreForm, initial_of
from patents.models import Centre, CentreApplication, CentreReview, CultivationCall
from patents.queries import cultivation as queries
from patents.services import centres
from patents.services import cultivation as services
from patents.views.common import file_of
from patents.workflow.cultivation import APPLICATION_FLOW
from portal import clock
from portal.accounts.access import public, roles
from portal.accounts.enums import Role
from portal.accounts.requests import organisation_of, user_of
from portal.attachments.forms import DocumentForm
from portal.attachments.models import Attachment
from portal.ui.calls import act, run

PAGE_SIZE = 20
applicants = roles(Role.HOLDER, Role.SME)
_STEPS = (
    (ApplicationState.DRAFT, "填报"),
    (ApplicationState.SUBMITTED, "形式审查"),
    (ApplicationState.IN_REVIEW, "专家评审"),
    (ApplicationState.RECOGNISED, "认定"),
)


@public
def centre_list(request: HttpRequest) -> HttpResponse:
    """The centres whose recognition stands today, and the calls."""
    rows = queries.centres_valid_on(clock.today()).order_by("-recognised_on", "-id")
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "calls": queries.public_calls()[:5],
    }
    return render(request, "patents/cultivation/list.html", context)


@public
def call(request: HttpRequest, ref: str) -> HttpResponse:
    """What a call asks for, and who was recognised in it."""
    found = get_object_or_404(CultivationCall.objects.visible_to(request.user), ref=ref)
    context = {
        "call": found,
        "is_open": queries.open_calls().filter(pk=found.pk).exists(),
        "attachments": Attachment.objects.of(found) if request.user.is_authenticated else [],
        "centres": Centre.objects.filter(application__call=found).select_related("organisation").order_by("number"),
    }
    return render(request, "patents/cultivation/call.html", context)


@public
def centre(request: HttpRequest, number: str) -> HttpResponse:
    """What is public of a centre; its own organisation also sees its grant and reports its years."""
    rows = Centre.objects.select_related("organisation", "application__call")
    found = get_object_or_404(rows, number=number)
    user: Any = request.user
    is_own = user.is_authenticated and user.role in (Role.HOLDER, Role.SME)
    is_own = is_own and user.organisation_id == found.organisation_id
    context: dict[str, Any] = {"centre": found, "is_own": is_own, "is_expired": found.valid_until < clock.today()}
    if is_own:
        context |= {
            "grant": getattr(found, "grant", None),
            "checks": list(found.checks.order_by("-year")),
            "can_report": found.state == CentreState.RECOGNISED,
        }
    return render(request, "patents/cultivation/centre.html", context)


@applicants
def report(request: HttpRequest, number: str) -> HttpResponse:
    """Hand in a year of the own centre, with its evidence."""
    own = Centre.objects.filter(organisation=organisation_of(request))
    found = get_object_or_404(own, number=number)
    form = ReportForm(request.POST or None, request.FILES or None, initial={"year": clock.today().year})
    if request.method == "POST" and form.is_valid():
        check = run(form, lambda: centres.report_year(centre_id=found.pk, by=user_of(request), report=form.report()))
        if check:
            messages.success(request, f"{check.year} 年度报告已提交，等待省级核查。")
            return redirect(found)
    context = {"form": form, "title": f"年度报告：{found.name}", "back": found.get_absolute_url(), "submit": "提交"}
    return render(request, "form.html", context, status=422 if form.errors else 200)


@applicants
@require_POST
def report_document(request: HttpRequest, number: str, year: int) -> HttpResponse:
    """Add evidence to the report of a year."""
    own = Centre.objects.filter(organisation=organisation_of(request))
    found = get_object_or_404(own, number=number)
    check = get_object_or_404(found.checks, year=year)
    return act(
        request,
        found,
        "材料已上传。",
        lambda: centres.attach_report(check_id=check.pk, by=user_of(request), **file_of(request)),
    )


@applicants
def application_list(request: HttpRequest) -> HttpResponse:
    """The own applications, and the calls that are open."""
    page = Paginator(queries.own_applications(user_of(request)), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "calls": queries.open_calls().order_by("closes_on")}
    return render(request, "patents/cultivation/applications.html", context)


@applicants
def apply(request: HttpRequest, ref: str) -> HttpResponse:
    """Start an application in a call."""
    found = get_object_or_404(queries.open_calls(), ref=ref)
    form = PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = run(form, lambda: services.open_application(by=user_of(request), call_ref=ref, plan=form.centre_plan()))
        if made:
            messages.success(request, f"草稿 {made.ref} 已保存，请上传申报书和承诺书后提交。")
            return redirect(made)
    context = {"form": form, "title": f"申报：{found.title}", "back": found.get_absolute_url(), "submit": "保存草稿"}
    return render(request, "form.html", context, status=422 if form.errors else 200)


@applicants
def application(request: HttpRequest, ref: str) -> HttpResponse:
    """Where the own application stands."""
    return _show(request, _own(request, ref), DocumentForm(purposes=ApplicationDocument.choices))


@applicants
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Change the own application."""
    found = _own(request, ref)
    form = PlanForm(request.POST or None, initial=initial_of(found))
    if request.method == "POST" and form.is_valid():
        changed = run(
            form,
            lambda: services.change_application(application_id=found.pk, by=user_of(request), plan=form.centre_plan()),
        )
        if changed:
            messages.success(request, "已保存。")
            return redirect(found)
    context = {"form": form, "title": f"修改申报 {found.ref}", "back": found.get_absolute_url(), "submit": "保存"}
    return render(request, "form.html", context, status=422 if form.errors else 200)


@applicants
@require_POST
def add_document(request: HttpRequest, ref: str) -> HttpResponse:
    """Upload one document of the own application."""
    found = _own(request, ref)
    form = DocumentForm(request.POST, request.FILES, purposes=ApplicationDocument.choices)
    if form.is_valid():
        file = form.cleaned_data["file"]
        kept = run(
            form,
            lambda: services.attach_document(
                application_id=found.pk,
                by=user_of(request),
                purpose=form.cleaned_data["purpose"],
                file=file,
                file_name=file.name,
            ),
        )
        if kept:
            messages.success(request, f"已上传“{file.name}”。")
            return redirect(found)
    return _show(request, found, form, status=422)


@applicants
@require_POST
def drop_document(request: HttpRequest, ref: str, attachment_id: int) -> HttpResponse:
    """Take a document of the own application away."""
    found = _own(request, ref)
    return act(
        request,
        found,
        "材料已移除。",
        lambda: services.remove_document(application_id=found.pk, by=user_of(request), attachment_id=attachment_id),
    )


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
def review_list(request: HttpRequest) -> HttpResponse:
    """What the expert who is signed in was asked to judge."""
    page = Paginator(queries.reviews_of(user_of(request)), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "patents/cultivation/reviews.html", {"page": page})


@applicants
def review(request: HttpRequest, review_id: int) -> HttpResponse:
    """Read an application and give points, alone: what other experts said is not shown."""
    found = _review(request, review_id)
    criteria = found.application.call.criteria
    form = ScoreForm(request.POST or None, criteria=criteria)
    if request.method == "POST" and form.is_valid():
        scored = run(form, lambda: services.score_review(review_id=found.pk, by=user_of(request), **form.judgement()))
        if scored:
            messages.success(request, f"评分已提交，总分 {scored.total}。")
            return redirect("patents:centre_reviews")
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
            return redirect("patents:centre_reviews")
    score = ScoreForm(criteria=found.application.call.criteria)
    return _show_review(request, found, score, form, status=422)


def _own(request: HttpRequest, ref: str) -> CentreApplication:
    rows = CentreApplication.objects.own(user_of(request)).select_related("call", "organisation")
    return get_object_or_404(rows, ref=ref)


def _review(request: HttpRequest, review_id: int) -> CentreReview:
    rows = CentreReview.objects.filter(expert=user_of(request))
    return get_object_or_404(rows.select_related("application__call", "application__organisation"), pk=review_id)


def _show(request: HttpRequest, found: CentreApplication, form: DocumentForm, status: int = 200) -> HttpResponse:
    next_states = APPLICATION_FLOW.next_states(found.state, actor=user_of(request))
    labels = dict(ApplicationDocument.choices)
    files: list[Any] = list(Attachment.objects.of(found))
    for file in files:
        file.label = labels[file.purpose]
    context = {
        "application": found,
        "steps": _steps(found),
        "files": files,
        "form": form,
        "can_edit": found.state in APPLICATION_EDITABLE,
        "can_submit": ApplicationState.SUBMITTED in next_states,
        "can_withdraw": ApplicationState.WITHDRAWN in next_states,
        "centre": Centre.objects.filter(application=found).first(),
    }
    return render(request, "patents/cultivation/application.html", context, status=status)


def _show_review(request: HttpRequest, found: CentreReview, form: Any, decline_form: Any, status: int) -> HttpResponse:
    context = {
        "review": found,
        "application": found.application,
        "files": [] if found.state == ReviewState.DECLINED else Attachment.objects.of(found.application),
        "form": form,
        "decline_form": decline_form,
        "is_open": found.state == ReviewState.ASSIGNED,
        "points": [(row["label"], found.scores.get(row["code"])) for row in found.application.call.criteria],
    }
    return render(request, "patents/cultivation/review.html", context, status=status)


def _steps(found: CentreApplication) -> list[dict[str, str]]:
    state = {
        ApplicationState.RETURNED: ApplicationState.DRAFT,
        ApplicationState.WITHDRAWN: ApplicationState.DRAFT,
        ApplicationState.NOT_RECOGNISED: ApplicationState.IN_REVIEW,
    }.get(ApplicationState(found.state), ApplicationState(found.state))
    at = [step for step, _ in _STEPS].index(state)
    words = ["done" if place < at else "current" if place == at else "todo" for place in range(len(_STEPS))]
    if found.state == ApplicationState.RECOGNISED:
        words[-1] = "done"
    return [{"label": label, "state": word} for (_, label), word in zip(_STEPS, words, strict=True)]
