"""Pages of firms about their needs, and of holders about needs that match their patents."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from demand import services
from demand.checks.needs import MAX_FIGURES
from demand.enums import DemandState, InterestState, MatchState, Side
from demand.forms.needs import CloseForm, NeedForms
from demand.models import Demand, Release
from demand.policy.disclosure import Reader, hidden_parts
from demand.queries import disclosure, drafting
from demand.queries import needs as queries
from demand.queries.rules import need_rules
from demand.workflow.needs import DEMAND_FLOW, EDITABLE
from portal.accounts.access import public, roles
from portal.accounts.enums import Role
from portal.accounts.requests import organisation_of, user_of
from portal.errors import ServiceError
from portal.ui.calls import act, tell

PAGE_SIZE = 20
NEEDS_WITH_MATCHES = 10
"""Needs on a page that shows the best matches of each."""
BEST_SHOWN = 3
WHOLE_SHOWN = 5
"""Matches of a need that are shown opened; the others are folded."""
STILL_WRITING = frozenset({"check", "adopt", "more"})
"""Buttons of the form that keep nothing."""
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
    page = Paginator(queries.demands_matched_to(holder), NEEDS_WITH_MATCHES).get_page(request.GET.get("page"))
    needs = [
        {
            "demand": need,
            "need": disclosure.view_of(need, Reader.OUTSIDE),
            "rows": queries.rows_of(
                need.own_matches[:BEST_SHOWN],  # type: ignore[attr-defined]
                to_holder=True,
                target_figures=disclosure.public_figures(need),
            ),
            "count": len(need.own_matches),  # type: ignore[attr-defined]
        }
        for need in page
    ]
    invited = queries.invitations_to(holder)
    return render(request, "demand/matched.html", {"page": page, "needs": needs, "invited": invited})


@public
@require_safe
def difficulties(request: HttpRequest) -> HttpResponse:
    """Needs that the pool has no good answer to: public parts, for whoever can solve them."""
    page = Paginator(queries.difficulties(), PAGE_SIZE).get_page(request.GET.get("page"))
    needs = [disclosure.view_of(need, Reader.OUTSIDE) for need in page]
    return render(request, "demand/difficulties.html", {"page": page, "needs": needs})


@roles(Role.SME, Role.HOLDER)
def demand(request: HttpRequest, ref: str) -> HttpResponse:
    """One need: to its firm with all matches, to a holder with those of its own patents."""
    found, user = visible(request, ref), user_of(request)
    is_firm = user.role == Role.SME
    refusals = queries.refusals_in(found, user)
    prefetch_related_objects([found], "figures")
    figures = disclosure.public_figures(found)
    rows = queries.rows_of(queries.matches_for(found, user), to_holder=not is_firm, target_figures=figures)
    interests = list(queries.interests_in(found, user))
    running = {one.patent_id for one in interests if one.state in (InterestState.OPEN, InterestState.ACCEPTED)}
    shown = [
        {
            "row": row,
            "ours": refusals.get((row.match.patent_id, Side.FIRM)),
            "theirs": refusals.get((row.match.patent_id, Side.HOLDER)),
            "is_running": row.match.patent_id in running,
        }
        for row in rows
    ]
    releases = Release.objects.filter(demand=found).select_related("holder") if is_firm else []
    context = {
        "demand": found,
        "need": disclosure.view_for(found, user),
        "outside": [part.label for part in hidden_parts(found.disclosure, Reader.OUTSIDE)],
        "releases": releases,
        "unreleased": _unreleased(found, rows, interests, releases) if is_firm else [],
        "shown": shown,
        "opened": shown[:WHOLE_SHOWN],
        "folded": shown[WHOLE_SHOWN:],
        "advice": list(found.adviser_requests.select_related("patent")) if is_firm else [],
        "interests": interests,
        "steps": _steps(found),
        "is_firm": is_firm,
        "can_answer": not is_firm and found.state == DemandState.PUBLISHED,
        "can_edit": found.state in EDITABLE and is_firm,
        "can_close": DemandState.CLOSED in DEMAND_FLOW.next_states(found.state, actor=user),
        "can_ask_adviser": is_firm and found.state == DemandState.PUBLISHED,
        "can_withdraw": DemandState.DRAFT in DEMAND_FLOW.next_states(found.state, actor=user),
        "can_renew": is_firm and found.state in (DemandState.PUBLISHED, DemandState.EXPIRED),
        "term_months": need_rules().term_months,
    }
    return render(request, "demand/demand.html", context)


@roles(Role.SME)
def edit(request: HttpRequest, ref: str | None = None) -> HttpResponse:
    """Start a need or change one; the button pressed says whether it is checked, saved or handed in."""
    found = visible(request, ref) if ref else None
    if found and found.state not in EDITABLE:
        messages.error(request, f"当前状态为“{found.get_state_display()}”，不能修改。")
        return redirect(found)
    is_sent = request.method == "POST"
    forms = NeedForms(_sent(request) if is_sent else None, demand=found)
    is_writing = is_sent and not STILL_WRITING.isdisjoint(request.POST)
    if is_sent and not is_writing and forms.is_valid() and (saved := _save(request, forms, found)):
        return redirect(saved)
    context = {"forms": forms, "form": forms.main, "demand": found, "is_writing": is_writing}
    return render(request, "demand/form.html", context | (_help(request, forms, found) if is_writing else {}))


@require_POST
@roles(Role.SME)
def draft_help(request: HttpRequest, ref: str | None = None) -> HttpResponse:
    """What would make the draft findable, as a part of the form; htmx asks while it is written."""
    found = visible(request, ref) if ref else None
    return render(request, "demand/_help.html", _help(request, NeedForms(request.POST), found))


@roles(Role.SME)
def close(request: HttpRequest, ref: str) -> HttpResponse:
    """End a need with what came of it."""
    found = visible(request, ref)
    near = [(match.patent_id, str(match.patent)) for match in queries.matches_for(found, user_of(request))]
    form = CloseForm(request.POST or None, patents=near)
    if request.method == "POST" and form.is_valid():
        try:
            services.close_demand(
                demand_id=found.pk,
                by=user_of(request),
                outcome=form.cleaned_data["outcome"],
                note=form.cleaned_data["note"],
                patent_id=form.patent_id,
            )
        except ServiceError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"需求 {found.ref} 已结束。")
            return redirect("demand:list")
    return render(request, "demand/close.html", {"form": form, "demand": found})


@require_POST
@roles(Role.SME)
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a need back that is still waiting for its review."""
    found = visible(request, ref)
    return act(
        request,
        found,
        f"需求 {found.ref} 已撤回为草稿，修改后可再次提交。",
        lambda: services.withdraw_demand(demand_id=found.pk, by=user_of(request)),
    )


@require_POST
@roles(Role.SME)
def renew(request: HttpRequest, ref: str) -> HttpResponse:
    """Let a need run for another term."""
    found = visible(request, ref)
    try:
        renewed = services.renew_demand(demand_id=found.pk, by=user_of(request))
    except ServiceError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"需求 {found.ref} 已续期至 {renewed.expires_on}。")
    return redirect(found)


def visible(request: HttpRequest, ref: str) -> Demand:
    """The need that the user may see, or 404."""
    return get_object_or_404(Demand.objects.visible_to(user_of(request)).select_related("organisation"), ref=ref)


def _sent(request: HttpRequest) -> QueryDict:
    """The form as it was sent, with what its button adds: a suggested field, or a row for one more figure."""
    data = request.POST.copy()
    if code := data.get("adopt"):
        data["ipc_codes"] = "，".join(filter(None, (data.get("ipc_codes", "").strip(), code)))
    count = data.get("figures-TOTAL_FORMS", "")
    if "more" in data and count.isdigit():
        data["figures-TOTAL_FORMS"] = str(min(int(count) + 1, MAX_FIGURES))
    return data


def _help(request: HttpRequest, forms: NeedForms, found: Demand | None) -> dict[str, Any]:
    except_pk = found.pk if found else None
    shown = drafting.help_for(forms.draft, forms.public_text, organisation_of(request), except_pk=except_pk)
    return {"help": shown, "adopted": str(forms.main["ipc_codes"].value() or "").upper()}


def _unreleased(found: Demand, rows: Any, interests: Any, releases: Any) -> list[tuple[int, str]]:
    """Holders that the firm could release its secrets to."""
    if not hidden_parts(found.disclosure, Reader.OUTSIDE) or found.state != DemandState.PUBLISHED:
        return []
    near = {row.match.patent.holder_id: row.match.patent.holder for row in rows if row.match.patent.holder}
    near |= {one.holder_id: one.holder for one in interests}
    near.pop(found.organisation_id, None)
    for released in releases:
        near.pop(released.holder_id, None)
    return sorted(((pk, holder.name) for pk, holder in near.items()), key=lambda pair: pair[1])


def _save(request: HttpRequest, forms: NeedForms, found: Demand | None) -> Demand | None:
    """Keep the form's need, and hand it in when asked to; None when it was refused outright."""
    try:
        if found:
            kept = services.update_demand(demand_id=found.pk, by=user_of(request), need=forms.need)
        else:
            kept = services.create_demand(by=user_of(request), need=forms.need)
    except ServiceError as refusal:
        forms.main.add_error(refusal.field if refusal.field in forms.main.fields else None, refusal.message)
        return None
    if kept.state == DemandState.PUBLISHED:
        messages.success(request, f"需求 {kept.ref} 已修改，正在重新匹配；所在市将复核。")
        return kept
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
