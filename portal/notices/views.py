"""The in-tray."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from portal.accounts.access import signed_in
from portal.accounts.requests import user_of
from portal.notices.models import Notice
from portal.notices.services import mark_read

PAGE_SIZE = 20


@signed_in
def notice_list(request: HttpRequest) -> HttpResponse:
    """Messages of the own organisation, newest first."""
    page = Paginator(Notice.objects.visible_to(user_of(request)), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "notices/list.html", {"page": page})


@signed_in
@require_POST
def open_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark as read and go to what it is about."""
    notice = get_object_or_404(Notice.objects.visible_to(user_of(request)), pk=notice_id)
    mark_read(notice_id=notice.pk, by=user_of(request))
    # Links are written by the portal's own services and are paths of this site.
    return redirect(notice.link or "notices:list")
