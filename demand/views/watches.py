"""The watch list."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from demand.forms.interests import WatchForm
from demand.queries import watches as queries
from demand.queries.rules import need_rules
from demand.services import watches as services
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.errors import ServiceError
from portal.ui.calls import act

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


@require_safe
@roles(Role.SME, Role.HOLDER)
def news(request: HttpRequest, watch_id: int) -> HttpResponse:
    """Everything that happened since the organisation began to watch, newest first."""
    watch = get_object_or_404(queries.watches_of(user_of(request)).select_related("organisation"), pk=watch_id)
    stream = queries.stream_of(watch)
    rows = stream.since(watch.created_at).order_by(f"-{stream.at}", "-pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"watch": watch, "page": page, "news": [stream.read(row) for row in page]}
    return render(request, "demand/watch_news.html", context)


@require_POST
@roles(Role.SME, Role.HOLDER)
def watch(request: HttpRequest) -> HttpResponse:
    """Watch the patent or the holder that a page shows."""
    user, patent, holder = user_of(request), request.POST.get("patent", ""), request.POST.get("holder", "")
    if patent.isdigit():
        return _tell(
            request, lambda: services.watch_patent(by=user, patent_id=int(patent)), "已关注专利，有法律事件时提醒。"
        )
    if holder.isdigit():
        return _tell(
            request, lambda: services.watch_holder(by=user, holder_id=int(holder)), "已关注权利人，有新专利时提醒。"
        )
    raise Http404


@require_POST
@roles(Role.SME, Role.HOLDER)
def unwatch(request: HttpRequest, watch_id: int) -> HttpResponse:
    """Watch no longer."""
    return _tell(request, lambda: services.unwatch(watch_id=watch_id, by=user_of(request)), "已取消关注。")


def _tell(request: HttpRequest, verb: Callable[[], object], done: str) -> HttpResponse:
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return act(request, back if is_ours else "demand:watches", done, verb)
