"""Pages of firms about their needs, and of holders about needs that match their patents."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from demand import services
from demand.enums import DemandState, MatchState
from demand.forms.needs import DemandForm, initial_of
from demand.models import Demand
from demand.queries import needs as queries
from demand.workflow.needs import DEMAND_FLOW, EDITABLE
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import organisation_of, user_of
from portal.errors import ServiceError

PAGE_SIZE = 20
_STEPS = ("填报", "审核", "发布", "匹配专利")


@roles(Role.SME)
def demand_list(request: HttpRequest) -> HttpResponse:
    """The firm's needs, newest first."""
    firm = organisation_of(request)
    page = Paginator(queries.demands_of(firm), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "demand/list.html", {"page": page})


@roles(Role.HOLDER)
def matched(request: HttpRequest) -> HttpResponse:
    """Needs that match patents of the holder, each with the reasons."""
    holder = organisation_of(request)
    page = Paginator(queries.demands_matched_to(holder), PAGE_SIZE).get_page(request.GET.get("page"))
    needs = [{"demand": need, "rows": queries.rows_of(need.own_matches, to_holder=True)} for need in page]  # type: ignore[attr-defined]
    return render(request, "demand/matched.html", {"page": page, "needs": needs})


@roles(Role.SME, Role.HOLDER)
def demand(request: HttpRequest, ref: str) -> HttpResponse:
    """One need: to its firm with all matches, to a holder with those of its own patents."""
    found = _visible(request, ref)
    context = {
        "demand": found,
        "rows": queries.rows_of(
            queries.matches_for(found, user_of(request)), to_holder=user_of(request).role == Role.HOLDER
        ),
        "steps": _steps(found),
        "is_firm": user_of(request).role == Role.SME,
        "can_edit": found.state in EDITABLE and user_of(request).role == Role.SME,
        "can_close": DemandState.CLOSED in DEMAND_FLOW.next_states(found.state, actor=user_of(request)),
    }
    return render(request, "demand/demand.html", context)


@roles(Role.SME)
def edit(request: HttpRequest, ref: str | None = None) -> HttpResponse:
    """Start a need or change one; the button pressed says whether it is handed in."""
    found = _visible(request, ref) if ref else None
    if found and found.state not in EDITABLE:
        messages.error(request, f"当前状态为“{found.get_state_display()}”，不能修改。")
        return redirect(found)
    form = DemandForm(request.POST or None, initial=initial_of(found) if found else {})
    if request.method == "POST" and form.is_valid() and (saved := _save(request, form, found)):
        return redirect(saved)
    return render(request, "demand/form.html", {"form": form, "demand": found})


@require_POST
@roles(Role.SME)
def close(request: HttpRequest, ref: str) -> HttpResponse:
    """End a need."""
    found = _visible(request, ref)
    try:
        services.close_demand(demand_id=found.pk, by=user_of(request))
    except ServiceError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"需求 {found.ref} 已结束。")
    return redirect(found)


def _visible(request: HttpRequest, ref: str) -> Demand:
    return get_object_or_404(Demand.objects.visible_to(user_of(request)).select_related("organisation"), ref=ref)


def _save(request: HttpRequest, form: DemandForm, found: Demand | None) -> Demand | None:
    """Keep the form's need, and hand it in when asked to; None when it was refused outright."""
    try:
        if found:
            kept = services.update_demand(demand_id=found.pk, by=user_of(request), need=form.need)
        else:
            kept = services.create_demand(by=user_of(request), need=form.need)
    except ServiceError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return None
    if "submit" not in request.POST:
        messages.success(request, f"草稿 {kept.ref} 已保存。")
        return kept
    try:
        services.submit_demand(demand_id=kept.pk, by=user_of(request))
    except ServiceError as refusal:
        messages.error(request, f"草稿 {kept.ref} 已保存，但未能提交：{refusal.message}")
    else:
        messages.success(request, f"需求 {kept.ref} 已提交，等待所在市审核。")
    return kept


def _steps(found: Demand) -> list[dict[str, Any]]:
    """How far the need has come; a need that has ended stopped where its last date was written."""
    is_matched = found.match_state in {MatchState.MATCHED, MatchState.NO_GOOD_MATCH}
    at = {DemandState.DRAFT: 0, DemandState.RETURNED: 0, DemandState.SUBMITTED: 1}.get(DemandState(found.state), 3)
    if found.state == DemandState.CLOSED and found.published_at is None:
        at = 0
    words = ["done" if i < at else "current" if i == at else "todo" for i in range(len(_STEPS))]
    if is_matched:
        words[-1] = "done"
    return [{"label": label, "state": word} for label, word in zip(_STEPS, words, strict=True)]
