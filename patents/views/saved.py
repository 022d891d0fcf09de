"""A user's saved searches."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from patents.forms.search import PatentSearchForm, SaveSearchForm
from patents.models import SavedSearch
from patents.models.saved import MAX_SAVED
from patents.services.saved import forget_search, save_search, set_alert
from patents.views.facets import conditions
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.errors import ServiceError

USERS = (Role.SME, Role.HOLDER, Role.PROVINCE, Role.CITY, Role.FINANCE)


@roles(*USERS)
def saved(request: HttpRequest) -> HttpResponse:
    """The saved searches, and the form that keeps one more."""
    given = {"query": request.GET.get("query", "")} if "query" in request.GET else None
    form = SaveSearchForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        try:
            kept = save_search(by=user_of(request), **form.cleaned_data)
        except ServiceError as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, f"已保存检索“{kept.name}”，有新入库的专利时每天通知一次。")
            return redirect("patents:saved")
    rows = list(SavedSearch.objects.visible_to(user_of(request))[:MAX_SAVED])
    searches = [(row, "；".join(conditions(PatentSearchForm(QueryDict(row.query))).values())) for row in rows]
    is_saving = given is not None or form.is_bound
    wanted = QueryDict(form["query"].value() or "")
    context = {
        "form": form if is_saving else None,
        "conditions": list(conditions(PatentSearchForm(wanted)).values()) if is_saving else [],
        "searches": searches,
        "limit": MAX_SAVED,
    }
    return render(request, "patents/saved.html", context)


@roles(*USERS)
@require_POST
def saved_alert(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch the notices of a saved search on or off."""
    try:
        kept = set_alert(saved_id=pk, by=user_of(request), has_alert=request.POST.get("alert") == "1")
    except SavedSearch.DoesNotExist:
        raise Http404 from None
    messages.success(request, f"检索“{kept.name}”的通知已{'开启' if kept.has_alert else '关闭'}。")
    return redirect("patents:saved")


@roles(*USERS)
@require_POST
def saved_forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a saved search."""
    try:
        forget_search(saved_id=pk, by=user_of(request))
    except SavedSearch.DoesNotExist:
        raise Http404 from None
    messages.success(request, "已删除保存的检索。")
    return redirect("patents:saved")
