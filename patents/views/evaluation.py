"""Pages of evaluations: the holder's, the experts', and the high-value test of a patent."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from patents.enums.evaluation import EvaluationState, ExpertState, Scorer
from patents.forms.evaluation import AwardForm, CloseForm, ExpertScoreForm, OpenForm, RecuseForm, ScoreForm
from patents.models import Evaluation, ExpertTask, HighValueEvidence, Patent
from patents.policy.evaluation import required_codes
from patents.policy.high_value import is_high_value
from patents.policy.indicators import computed_values
from patents.queries import evaluation as queries
from patents.services import evaluation as services
from portal import clock
from portal.accounts.access import public, roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.ui.calls import act, run

PAGE_SIZE = 20
SHOWN_EVIDENCE = 50
READERS = (Role.HOLDER, Role.SME, Role.CITY, Role.PROVINCE)


@roles(*READERS)
def evaluations(request: HttpRequest) -> HttpResponse:
    """The rounds that the reader may see, newest first."""
    page = Paginator(queries.evaluations_for(user_of(request)), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [{"evaluation": one, "by_scorer": queries.current_scores(one.scores)} for one in page]  # type: ignore[attr-defined]
    return render(request, "patents/evaluation/list.html", {"page": page, "rows": rows})


@roles(Role.HOLDER, Role.CITY, Role.PROVINCE)
def open_evaluation(request: HttpRequest, number: str) -> HttpResponse:
    """Choose table and scene for one of the holder's patents."""
    patent = get_object_or_404(Patent.objects.editable_by(request.user).at_address(number), holder__isnull=False)
    tables = list(queries.tables_on(clock.today()))
    form = OpenForm(request.POST or None, tables=tables)
    if request.method == "POST" and form.is_valid():
        kept = run(form, lambda: services.open_evaluation(patent_id=patent.pk, by=user_of(request), **form.chosen))
        if kept:
            messages.success(request, f"评价 {kept.ref} 已发起，平台已按规则给出可计算的部分。")
            return redirect(kept)
    context = {"form": form, "patent": patent, "tables": tables}
    return render(request, "patents/evaluation/open.html", context, status=422 if form.errors else 200)


@roles(*READERS)
def evaluation(request: HttpRequest, ref: str) -> HttpResponse:
    """One round: the three scores apart, every number explained, and all earlier scores."""
    found, user = _visible(request, ref), user_of(request)
    is_decider = Evaluation.objects.of_user(user).filter(pk=found.pk).exists()
    task = ExpertTask.objects.filter(evaluation=found, expert=user).first()
    assessments = list(found.assessments.select_related("assessor__organisation").order_by("-id")[:PAGE_SIZE])
    is_open = found.state == EvaluationState.OPEN
    # An expert gives his values alone: nobody's are shown to him before the round is closed, its scores thus public.
    shown = assessments if is_decider else [one for one in assessments if one.assessor_id == user.pk]
    scored = assessments if found.state == EvaluationState.CLOSED else shown
    table = queries.table_of(found.table)
    context = {
        "evaluation": found,
        "table": table,
        "scene": table.scene(found.scene),
        "by_scorer": [(Scorer(scorer).label, rows) for scorer, rows in queries.current_scores(scored).items()],
        "assessments": shown,
        "tasks": list(found.tasks.select_related("expert__organisation")) if is_decider else [],
        "task": task,
        "is_decider": is_decider,
        "is_open": is_open,
        "can_score": is_open and is_decider and user.role == Role.HOLDER,
        "can_close": is_open and is_decider,
        "can_judge": is_open and task is not None and task.state == ExpertState.ASKED,
        "close_form": CloseForm(),
    }
    return render(request, "patents/evaluation/evaluation.html", context)


@roles(Role.HOLDER)
def score_evaluation(request: HttpRequest, ref: str) -> HttpResponse:
    """The holder's self-assessment."""
    found = get_object_or_404(_rows(Evaluation.objects.of_user(user_of(request))), ref=ref)
    form, filled = _score_form(request, found, ScoreForm)
    if request.method == "POST" and form.is_valid():
        opinion, user = form.cleaned_data["opinion"], user_of(request)
        if run(form, lambda: services.score_by_owner(ref=ref, by=user, values=form.values, opinion=opinion)):
            messages.success(request, "自评已保存；每次自评都留存，最近一次作为现值。")
            return redirect(found)
    return _score_page(request, found, form, filled, "权利人自评")


@roles(*READERS)
def judge_evaluation(request: HttpRequest, ref: str) -> HttpResponse:
    """An expert's values, given once and alone."""
    user = user_of(request)
    found = get_object_or_404(_rows(Evaluation.objects.visible_to(user)), ref=ref, tasks__expert=user)
    form, filled = _score_form(request, found, ExpertScoreForm)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("opinion", "has_no_conflict")}
        if run(form, lambda: services.score_by_expert(ref=ref, by=user, values=form.values, **given)):
            messages.success(request, "评价已提交。")
            return redirect(found)
    return _score_page(request, found, form, filled, "专家评价", recuse_form=RecuseForm())


@require_POST
@roles(*READERS)
def recuse_evaluation(request: HttpRequest, ref: str) -> HttpResponse:
    """An expert steps back."""
    found, form = _visible(request, ref), RecuseForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    return act(request, found, "已回避。", lambda: services.recuse_expert(ref=ref, by=user_of(request), reason=reason))


@require_POST
@roles(Role.HOLDER, Role.CITY, Role.PROVINCE)
def close_evaluation(request: HttpRequest, ref: str) -> HttpResponse:
    """End a round and make its scores public, or cancel it."""
    found, form = _visible(request, ref), CloseForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    service = services.cancel_evaluation if "cancel" in request.POST else services.close_evaluation
    return act(request, found, "已办理。", lambda: service(ref=ref, by=user_of(request), note=note))


@public
def high_value(request: HttpRequest, number: str) -> HttpResponse:
    """The five kinds of high-value inventions, each with the fact that proves it; the holder names awards here."""
    patent = get_object_or_404(Patent.objects.at_address(number).select_related("holder"))
    user: Any = request.user
    can_edit = user.is_authenticated and Patent.objects.editable_by(user).filter(pk=patent.pk).exists()
    form = AwardForm(request.POST or None) if can_edit else None
    is_given = form is not None and request.method == "POST" and form.is_valid()
    if form and is_given and run(form, lambda: services.add_award(patent_id=patent.pk, by=user, **form.cleaned_data)):
        messages.success(request, "已登记，待管理部门核实后计入。")
        return redirect("patents:high_value", number=number)
    results = queries.high_value_of(patent, clock.today())
    evidence = HighValueEvidence.objects.visible_to(user).filter(patent=patent)[:SHOWN_EVIDENCE]
    context = {
        "patent": patent,
        "results": results,
        "is_high_value": is_high_value(results),
        "rule": queries.high_value_rule(clock.today()),
        "evidence": evidence if can_edit else (),
        "form": form,
    }
    return render(request, "patents/evaluation/high_value.html", context, status=422 if form and form.errors else 200)


def _rows(rows: Any) -> Any:
    return rows.select_related("patent", "holder", "table")


def _visible(request: HttpRequest, ref: str) -> Evaluation:
    found: Evaluation = get_object_or_404(_rows(Evaluation.objects.visible_to(user_of(request))), ref=ref)
    return found


def _score_form(request: HttpRequest, found: Evaluation, form: type[ScoreForm]) -> tuple[ScoreForm, list[Any]]:
    """The form for what is left to fill, and what the portal filled, each with its fact."""
    table = queries.table_of(found.table)
    values = computed_values(table, queries.patent_facts(found.patent, clock.today()))
    filled = [(row, values[row.code]) for row in table.indicators if row.code in values]
    wanted = required_codes(table, list(values))
    return form(request.POST or None, table=table, wanted=wanted), filled


def _score_page(
    request: HttpRequest, found: Evaluation, form: ScoreForm, filled: list[Any], heading: str, **context: Any
) -> HttpResponse:
    shown = {"evaluation": found, "form": form, "filled": filled, "heading": heading, **context}
    return render(request, "patents/evaluation/score.html", shown, status=422 if form.errors else 200)
