"""The watch list."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from demand.forms.interests import WatchForm
from demand.queries import watches as queries
from demand.queries.rules import need_rules
from demand.services import watches as services
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.errors import ServiceError

PAGE_SIZE = 50


@roles(Role.SME, Role.HOLDER)
def watch_list(request: HttpRequest) -> HttpResponse:
    """What the organisation watches, and a form for one more field."""
    form = WatchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.watch_field(by=user_of(request), ipc_code=form.cleaned_data["ipc_code"])
        except ServiceError as refusal:
            form.add_error("ipc_code", refusal.message)
        else:
            messages.success(request, "已关注，有新动态时每天最多提醒一次。")
            return redirect("demand:watches")
    page = Paginator(queries.watches_of(user_of(request)), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "limit": need_rules().watch_limit}
    return render(request, "demand/watches.html", context)


@require_POST
@roles(Role.SME, Role.HOLDER)
def watch(request: HttpRequest) -> HttpResponse:
    """Watch the patent or the holder that a page shows."""
    user, patent, holder = user_of(request), request.POST.get("patent", ""), request.POST.get("holder", "")
    if patent.isdigit():
        return _tell(request, lambda: services.watch_patent(by=user, patent_id=int(patent)), "已关注。")
    if holder.isdigit():
        return _tell(request, lambda: services.watch_holder(by=user, holder_id=int(holder)), "已关注。")
    raise Http404


@require_POST
@roles(Role.SME, Role.HOLDER)
def unwatch(request: HttpRequest, watch_id: int) -> HttpResponse:
    """Watch no longer."""
    return _tell(request, lambda: services.unwatch(watch_id=watch_id, by=user_of(request)), "已取消关注。")


def _tell(request: HttpRequest, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        act()
    except ServiceError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("demand:watches")
