"""Questionnaires: built and opened by officials, filled in by firms or by officials on a visit."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from finance import services
from finance.enums import QuestionnaireState
from finance.forms.surveys import AnswerForm, QuestionnaireForm, initial_questions, questions_formset
from finance.models import Questionnaire, SurveyResponse, Visit
from finance.queries.surveys import answer_rows, questionnaires_for, responses_for
from finance.services.surveys import may_edit
from finance.workflow.surveys import EDITORS, QUESTIONNAIRE_FLOW
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.accounts.requests import organisation_of, user_of
from portal.errors import ServiceError
from portal.ui.calls import act, tell

PAGE_SIZE = 20
MORE_ROWS = 6
READERS = (Role.PROVINCE, Role.CITY, Role.FINANCE, Role.SME)
WRITERS = (Role.PROVINCE, Role.CITY)


@roles(*READERS)
def questionnaires(request: HttpRequest) -> HttpResponse:
    """The questionnaires, newest first."""
    user = user_of(request)
    page = Paginator(questionnaires_for(user), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "finance/surveys/list.html", {"page": page, "can_edit": user.role in EDITORS})


@roles(*READERS)
def questionnaire(request: HttpRequest, pk: int) -> HttpResponse:
    """One questionnaire: its questions, and who answered."""
    user, found = user_of(request), _visible(request, pk)
    page = Paginator(responses_for(user, found), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "questionnaire": found,
        "questions": found.questions.order_by("place"),
        "page": page,
        "moves": QUESTIONNAIRE_FLOW.next_states(found.state, actor=user) if may_edit(found, user) else [],
        "can_edit": found.state == QuestionnaireState.DRAFT and may_edit(found, user),
        "can_fill": found.state == QuestionnaireState.OPEN and user.role == Role.SME,
        "can_fill_on_visit": found.state == QuestionnaireState.OPEN and user.role in EDITORS,
    }
    return render(request, "finance/surveys/questionnaire.html", context)


@roles(*WRITERS)
def edit_questionnaire(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Build a questionnaire, or change one that was not opened."""
    found = _visible(request, pk) if pk is not None else None
    if found and (found.state != QuestionnaireState.DRAFT or not may_edit(found, user_of(request))):
        messages.error(request, "这份问卷不能修改：已开始填报，或者由其他单位编制。")
        return redirect(found)
    initial = {"title": found.title, "intro": found.intro} if found else {}
    form = QuestionnaireForm(request.POST or None, initial=initial)
    rows = questions_formset(request.POST or None, initial=initial_questions(found) if found else [])
    if "more" in request.POST:
        rows = _with_more_rows(request)
    elif request.method == "POST" and form.is_valid() and rows.is_valid():
        try:
            kept = services.save_questionnaire(
                by=user_of(request), questions=rows.facts(), questionnaire_id=pk, **form.cleaned_data
            )
        except ServiceError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, "问卷已保存。")
            return redirect(kept)
    status = 422 if form.errors else 200
    return render(
        request, "finance/surveys/edit.html", {"form": form, "rows": rows, "questionnaire": found}, status=status
    )


@require_POST
@roles(*WRITERS)
def move_questionnaire(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a draft, or close what is open."""
    found = _visible(request, pk)
    move = services.open_questionnaire if "open" in request.POST else services.close_questionnaire
    done = "已开始填报。" if "open" in request.POST else "已结束填报。"
    return act(request, found, done, lambda: move(questionnaire_id=found.pk, by=user_of(request)))


@roles(Role.SME, *WRITERS)
def fill_questionnaire(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a questionnaire: the firm for itself, an official for the firm of a visit."""
    user, found = user_of(request), _visible(request, pk)
    if found.state != QuestionnaireState.OPEN:
        messages.error(request, "问卷现在不接受填报。")
        return redirect(found)
    visit = _visit_of(request) if user.role in EDITORS else None
    if user.role in EDITORS and visit is None:
        return render(request, "finance/surveys/visits.html", {"questionnaire": found, "visits": _recent(request)})
    firm = visit.organisation if visit else organisation_of(request)
    form = AnswerForm(request.POST or None, questions=list(found.questions.order_by("place")))
    if request.method == "POST" and form.is_valid() and _answered(request, form, found, firm, visit):
        return redirect(found)
    context = {"questionnaire": found, "form": form, "firm": firm, "visit": visit}
    return render(request, "finance/surveys/fill.html", context, status=422 if form.errors else 200)


@roles(*READERS)
def response(request: HttpRequest, pk: int) -> HttpResponse:
    """What one firm answered."""
    rows = SurveyResponse.objects.visible_to(user_of(request))
    found = get_object_or_404(rows.select_related("questionnaire", "organisation", "visit", "filled_by"), pk=pk)
    return render(request, "finance/surveys/response.html", {"response": found, "rows": answer_rows(found)})


def _visible(request: HttpRequest, pk: int) -> Questionnaire:
    return get_object_or_404(Questionnaire.objects.visible_to(user_of(request)).select_related("made_by"), pk=pk)


def _with_more_rows(request: HttpRequest) -> Any:
    """What was written so far, and more empty rows; nothing is judged yet."""
    data: Any = request.POST
    total = data.get("questions-TOTAL_FORMS", "")
    count = min(int(total), 1000) if total.isdecimal() else 0
    names = ("text", "kind", "options", "code")
    written = [{name: data.get(f"questions-{place}-{name}", "") for name in names} for place in range(count)]
    for place, row in enumerate(written):
        row["is_required"] = f"questions-{place}-is_required" in data
    return questions_formset(initial=[row for row in written if row["text"]], extra=MORE_ROWS)


def _recent(request: HttpRequest) -> Any:
    rows = Visit.objects.visible_to(user_of(request)).select_related("organisation")
    return rows.order_by("-on", "-id")[:PAGE_SIZE]


def _visit_of(request: HttpRequest) -> Visit | None:
    chosen = request.GET.get("visit") or request.POST.get("visit") or ""
    if not chosen.isdecimal():
        return None
    rows = Visit.objects.visible_to(user_of(request)).select_related("organisation")
    found: Visit = get_object_or_404(rows, pk=int(chosen[:18]))
    return found


def _answered(
    request: HttpRequest, form: AnswerForm, found: Questionnaire, firm: Organisation, visit: Visit | None
) -> bool:
    try:
        services.answer_questionnaire(
            questionnaire_id=found.pk,
            organisation=firm,
            answers=form.answers(),
            by=user_of(request),
            visit_id=visit.pk if visit else None,
        )
    except ServiceError as refusal:
        tell(form, refusal)
        return False
    messages.success(request, "已提交问卷。")
    return True
