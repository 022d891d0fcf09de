"""Pre-filing evaluation: the institution's own pages, and the officials' table of who has it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from patents.enums.prefiling import FILED, AdoptionState, PrefilingState
from patents.forms.prefiling import AdoptionForm, DisclosureForm, initial_of, next_steps
from patents.models import PrefilingCase
from patents.queries import prefiling as queries
from patents.services import prefiling as services
from patents.views.common import file_of
from portal import clock
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.attachments.models import Attachment
from portal.ui.calls import act, run

PAGE_SIZE = 20
institution = roles(Role.HOLDER)
_VERBS: dict[str, Callable[..., PrefilingCase]] = {
    "screen": services.screen_case,
    "search": services.search_case,
    "score": services.score_case,
    "advise": services.advise_case,
    "decide": services.decide_case,
    "file": services.record_filing,
    "offer": services.offer_to_inventors,
    "close": services.close_case,
}
_STEPS = (
    (PrefilingState.DISCLOSED, "交底"),
    (PrefilingState.SCREENED, "保密和权属"),
    (PrefilingState.SEARCHED, "查新"),
    (PrefilingState.SCORED, "评分"),
    (PrefilingState.ADVISED, "建议"),
    (PrefilingState.DECIDED, "决定"),
    (PrefilingState.CLOSED, "结束"),
)


@institution
def case_list(request: HttpRequest) -> HttpResponse:
    """The institution's rule and its evaluations."""
    user = user_of(request)
    adoption = queries.own_adoption(user)
    context = {
        "page": Paginator(queries.own_cases(user), PAGE_SIZE).get_page(request.GET.get("page")),
        "adoption": adoption,
        "attachments": Attachment.objects.of(adoption) if adoption else [],
        "can_report": adoption is None or adoption.state == AdoptionState.RETURNED,
    }
    return render(request, "patents/prefiling/list.html", context)


@institution
def adoption(request: HttpRequest) -> HttpResponse:
    """Report the own rule."""
    standing = queries.own_adoption(user_of(request))
    form = AdoptionForm(request.POST or None, request.FILES or None, initial=initial_of(standing))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        done = run(
            form,
            lambda: services.report_adoption(by=user_of(request), rule=form.rule(), file=file, file_name=file.name),
        )
        if done:
            messages.success(request, "已提交，等待省级核实。")
            return redirect("patents:prefiling")
    return _form(request, form, "填报申请前评估制度", "提交")


@institution
def new(request: HttpRequest) -> HttpResponse:
    """Enter a disclosure."""
    form = DisclosureForm(request.POST or None, initial={"disclosed_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        made = run(form, lambda: services.disclose(by=user_of(request), **form.cleaned_data))
        if made:
            messages.success(request, f"已登记 {made.ref}。")
            return redirect(made)
    lead = "内容只有本单位能看到；管理部门只看到评估数量。涉及国家秘密的内容不得填写。"
    return _form(request, form, "登记技术交底", "保存", lead)


@institution
def case(request: HttpRequest, ref: str) -> HttpResponse:
    """One evaluation with the form of its next step."""
    found = _own(request, ref)
    return _show(request, found)


@institution
@require_POST
def step(request: HttpRequest, ref: str, name: str) -> HttpResponse:
    """Make one step."""
    found = _own(request, ref)
    verb = _VERBS.get(name)
    if verb is None:
        raise Http404
    form_class = next((form for code, _, form in next_steps(found) if code == name), None)
    if form_class is None:
        messages.error(request, f"当前状态为“{found.get_state_display()}”，不能办理该步骤。")
        return redirect(found)
    form = form_class(request.POST, prefix=name)
    if form.is_valid():
        moved = run(form, lambda: verb(case_id=found.pk, by=user_of(request), **form.cleaned_data))
        if moved:
            messages.success(request, "已保存。")
            return redirect(found)
    return _show(request, found, {name: form}, status=422)


@institution
@require_POST
def add_document(request: HttpRequest, ref: str) -> HttpResponse:
    """Add a drawing or text."""
    found = _own(request, ref)
    return act(
        request,
        found,
        "材料已上传。",
        lambda: services.attach_disclosure(case_id=found.pk, by=user_of(request), **file_of(request)),
    )


@roles(Role.PROVINCE, Role.CITY)
def coverage(request: HttpRequest) -> HttpResponse:
    """Which provincial institutions have the evaluation, and how many they made; nothing of their content."""
    user, today = user_of(request), clock.today()
    page = Paginator(queries.coverage_table(user, today), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "coverage": queries.coverage(today), "day": today}
    return render(request, "patents/prefiling/coverage.html", context)


def _own(request: HttpRequest, ref: str) -> PrefilingCase:
    return get_object_or_404(PrefilingCase.objects.visible_to(user_of(request)), ref=ref)


def _form(request: HttpRequest, form: Any, title: str, submit: str, lead: str = "") -> HttpResponse:
    context = {"form": form, "title": title, "lead": lead, "back": reverse("patents:prefiling"), "submit": submit}
    return render(request, "form.html", context, status=422 if form.errors else 200)


def _show(
    request: HttpRequest, found: PrefilingCase, sent: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    forms: list[dict[str, Any]] = [
        {"name": name, "label": label, "form": (sent or {}).get(name) or form(prefix=name)}
        for name, label, form in next_steps(found)
    ]
    context = {
        "case": found,
        "steps": _steps(found),
        "forms": forms,
        "has_errors": any(one["form"].errors for one in forms),
        "attachments": Attachment.objects.of(found),
        "is_open": found.state != PrefilingState.CLOSED,
        "is_filed": found.decision in FILED,
    }
    return render(request, "patents/prefiling/case.html", context, status=status)


def _steps(found: PrefilingCase) -> list[dict[str, str]]:
    order = [state for state, _ in _STEPS]
    is_closed = found.state == PrefilingState.CLOSED
    state = PrefilingState.DECIDED if found.state == PrefilingState.OFFERED else PrefilingState(found.state)
    at = order.index(state)
    words = ["done" if is_closed or place < at else "current" if place == at else "todo" for place in range(len(order))]
    return [{"label": label, "state": word} for (_, label), word in zip(_STEPS, words, strict=True)]
