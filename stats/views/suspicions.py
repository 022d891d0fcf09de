"""Suspicious deals and loans: shown apart, decided by an officer of the province with a reason."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.ui.admin import BoundedPaginator
from portal.ui.calls import run
from stats.enums.figures import FlagKind, FlagState, SubjectKind
from stats.forms.numbers import DecisionForm
from stats.models import CountedRow, Suspicion
from stats.queries.definitions import suspicion_rule
from stats.services import decide_suspicion
from stats.services.rows import SUBJECTS
from stats.views.common import PAGE_SIZE, REFUSED


@require_safe
@roles(Role.PROVINCE, Role.CITY)
def suspicions(request: HttpRequest) -> HttpResponse:
    """Those of a state and kind, the newest first."""
    state = request.GET.get("state", FlagState.OPEN)
    kind = request.GET.get("kind", "")
    rows = Suspicion.objects.visible_to(user_of(request)).filter(state=state).order_by("-id")
    if kind in FlagKind.values:
        rows = rows.filter(kind=kind)
    page: Paginator = BoundedPaginator(rows, PAGE_SIZE)
    context = {
        "page": page.get_page(request.GET.get("page")),
        "state": state,
        "kind": kind,
        "states": FlagState.choices,
        "kinds": FlagKind.choices,
        "rule": suspicion_rule(),
    }
    return render(request, "stats/suspicions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@roles(Role.PROVINCE, Role.CITY)
def suspicion(request: HttpRequest, pk: int) -> HttpResponse:
    """One suspicion: its rows, its reason, and the decision."""
    user = user_of(request)
    found = get_object_or_404(Suspicion.objects.visible_to(user).select_related("decided_by"), pk=pk)
    may_decide = user.role == Role.PROVINCE
    form = DecisionForm(request.POST if request.method == "POST" and may_decide else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        if run(form, lambda: decide_suspicion(suspicion_id=found.pk, by=user, **given)):
            messages.success(request, f"已记录核实结论：{found.ref}。")
            return redirect("stats:suspicions")
    kinds, column = SUBJECTS[SubjectKind(found.subject_kind)]
    rows = CountedRow.objects.filter(kind__in=kinds, **{column: found.subject_id}).order_by("kind", "id")[:PAGE_SIZE]
    context = {"one": found, "rows": rows, "form": form if may_decide else None}
    return render(request, "stats/suspicion.html", context, status=REFUSED if form.errors else 200)
