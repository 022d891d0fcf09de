"""What sheets say differently from the pool, side by side, for its owner or an official to decide."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from patents.models import FieldConflict
from patents.queries.conflicts import side_by_side
from patents.services.conflicts import decide_conflicts
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.errors import ServiceError

PAGE_SIZE = 25
deciders = roles(Role.HOLDER, Role.CITY, Role.PROVINCE)


@deciders
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Open conflicts, the newest first."""
    rows = FieldConflict.objects.visible_to(user_of(request)).open()
    page = Paginator(rows.select_related("patent", "source_import", "patent__source_import"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    return render(request, "patents/conflicts.html", {"page": page, "rows": side_by_side(list(page))})


@deciders
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Keep or take the values of the rows that were ticked."""
    chosen = [int(pk) for pk in request.POST.getlist("conflict") if pk.isascii() and pk.isdigit()]
    if not chosen:
        messages.error(request, "请先勾选要处理的冲突。")
        return redirect("patents:conflicts")
    take = request.POST.get("decision") == "take"
    try:
        done = decide_conflicts(conflict_ids=chosen, by=user_of(request), take=take, note=request.POST.get("note", ""))
    except ServiceError as refusal:
        messages.error(request, refusal.message)
    else:
        outdated = f"；{done.outdated} 条因库中数据已变化而失效" if done.outdated else ""
        messages.success(request, f"已处理 {done.decided} 条{outdated}。")
    return redirect("patents:conflicts")
