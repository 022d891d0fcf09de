"""The yearly evaluation: schemes, the ranking, a city's self-report, the province's points, appeals."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.accounts.access import roles
from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.requests import user_of
from portal.attachments.forms import DocumentForm
from portal.ui.calls import run
from stats.enums.evaluation import WITH_CITY, EvaluationState, SchemeState
from stats.forms.evaluation import AppealForm, PointsForm
from stats.models.evaluation import CityEvaluation, EvaluationScheme
from stats.queries import evaluation as queries
from stats.services import evaluation as services
from stats.workflow.evaluation import EVALUATION_FLOW

PAGE_SIZE = 20


@require_safe
@roles(*OFFICIALS)
def scheme_list(request: HttpRequest) -> HttpResponse:
    """The evaluations by year."""
    page = Paginator(queries.schemes(user_of(request)), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "stats/evaluation/list.html", {"page": page})


@require_safe
@roles(*OFFICIALS)
def scheme(request: HttpRequest, year: int) -> HttpResponse:
    """A year's criteria and, for who may see it, the ranking."""
    user = user_of(request)
    found = get_object_or_404(EvaluationScheme.objects.visible_to(user), year=year)
    sees_scores = queries.sees_scores(user, found)
    own_code = user.city_code if user.role == Role.CITY else ""
    rows = queries.ranking(found)
    if not sees_scores:
        rows = [row for row in rows if user.role != Role.CITY or row[1].city_code == own_code]
    context = {
        "scheme": found,
        "rows": rows,
        "sees_scores": sees_scores,
        "own_code": own_code,
        "total": sum(row["max"] for row in found.criteria),
    }
    return render(request, "stats/evaluation/scheme.html", context)


@roles(*OFFICIALS)
def city(request: HttpRequest, pk: int) -> HttpResponse:
    """One city's evaluation: its own officials report and appeal, the province reads."""
    found = _visible(request, pk)
    form = _own_form(request, found)
    if request.method == "POST" and form is not None and form.is_valid():
        sent = run(
            form,
            lambda: services.submit_evaluation(
                evaluation_id=found.pk, by=user_of(request), scores=form.scores(), statements=form.texts()
            ),
        )
        if sent:
            messages.success(request, f"自评已报送，总分 {sent.self_total}。")
            return redirect(sent)
    return _show(request, found, form=form, status=422 if form and form.errors else 200)


@roles(Role.CITY)
@require_POST
def add_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Upload evidence for one criterion."""
    found = _visible(request, pk)
    document = DocumentForm(request.POST, request.FILES, purposes=_purposes(found))
    if document.is_valid():
        file, criterion = document.cleaned_data["file"], document.cleaned_data["purpose"]
        kept = run(
            document,
            lambda: services.attach_evidence(
                evaluation_id=found.pk, by=user_of(request), criterion=criterion, file=file, file_name=file.name
            ),
        )
        if kept:
            messages.success(request, f"已上传“{file.name}”。")
            return redirect(found)
    return _show(request, found, form=_own_form(request, found, is_bound=False), document=document, status=422)


@roles(Role.CITY)
@require_POST
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Appeal against the points for one criterion."""
    found = _visible(request, pk)
    form = AppealForm(request.POST, evaluation=found)
    if form.is_valid():
        made = run(form, lambda: services.appeal(evaluation_id=found.pk, by=user_of(request), **form.cleaned_data))
        if made:
            messages.success(request, f"对“{made.label}”的申诉已提交。")
            return redirect(found)
    return _show(request, found, form=None, appeal_form=form, status=422)


@roles(Role.PROVINCE)
def score(request: HttpRequest, pk: int) -> HttpResponse:
    """The province's points for one city, beside the city's own."""
    found = _visible(request, pk)
    form = PointsForm(
        request.POST or None,
        criteria=found.scheme.criteria,
        scores=found.scores or found.self_scores,
        texts=found.reasons,
        is_required=False,
    )
    if request.method == "POST" and form.is_valid():
        done = run(
            form,
            lambda: services.score_evaluation(
                evaluation_id=found.pk, by=user_of(request), scores=form.scores(), reasons=form.texts()
            ),
        )
        if done:
            messages.success(request, f"{done.get_city_code_display()}得 {done.total} 分。")
            return redirect("stats:evaluation", found.scheme.year)
    context = {"evaluation": found, "rows": queries.rows_of(found, with_scores=True), "form": form}
    return render(request, "stats/evaluation/score.html", context, status=422 if form.errors else 200)


def _visible(request: HttpRequest, pk: int) -> CityEvaluation:
    rows = CityEvaluation.objects.visible_to(user_of(request)).select_related("scheme", "submitted_by", "scored_by")
    return get_object_or_404(rows, pk=pk)


def _purposes(found: CityEvaluation) -> list[tuple[str, str]]:
    return [(row["code"], row["label"]) for row in found.scheme.criteria]


def _own_form(request: HttpRequest, found: CityEvaluation, *, is_bound: bool = True) -> PointsForm | None:
    is_open = found.scheme.state == SchemeState.PUBLISHED
    next_states = EVALUATION_FLOW.next_states(found.state, actor=user_of(request))
    if not is_open or EvaluationState.SUBMITTED not in next_states:
        return None
    return PointsForm(
        (request.POST or None) if is_bound else None,
        criteria=found.scheme.criteria,
        scores=found.self_scores,
        texts=found.statements,
        is_required=True,
    )


def _show(
    request: HttpRequest,
    found: CityEvaluation,
    *,
    form: PointsForm | None,
    document: DocumentForm | None = None,
    appeal_form: AppealForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user, shown = user_of(request), found.scheme
    sees_scores = queries.sees_scores(user, shown)
    is_city = user.role == Role.CITY
    until = shown.appeal_until
    can_appeal = is_city and shown.state == SchemeState.ANNOUNCED and until is not None and clock.today() <= until
    context: dict[str, Any] = {
        "evaluation": found,
        "scheme": shown,
        "rows": queries.rows_of(found, with_scores=sees_scores),
        "sees_scores": sees_scores and found.total is not None,
        "form": form,
        "can_add": is_city and shown.state == SchemeState.PUBLISHED and found.state in WITH_CITY,
        "document": document or DocumentForm(purposes=_purposes(found)),
        "can_appeal": can_appeal,
        "appeal_form": appeal_form or AppealForm(evaluation=found),
        "appeals": list(found.appeals.select_related("decided_by")),
        "can_score": user.role == Role.PROVINCE
        and shown.state == SchemeState.PUBLISHED
        and EvaluationState.SCORED in EVALUATION_FLOW.next_states(found.state, actor=user),
    }
    return render(request, "stats/evaluation/city.html", context, status=status)
