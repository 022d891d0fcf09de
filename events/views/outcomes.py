"""What came of events: enquiries on the spot, linking by code, statements, the report."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from events import services
from events.forms.manage import AskForm, CodeForm, LinkForm, ReportForm, StatementForm, VoidForm
from events.queries.outcomes import figures_of, outcomes_of, papers_of, period_of
from events.queries.signups import attendance_of, feedback_of
from events.views.common import PAGE_SIZE, REFUSED, done, managed, page_of_form, visible
from events.views.manage import managed_url, official
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.ui.admin import BoundedPaginator


@roles(Role.SME)
def enquire(request: HttpRequest, pk: int, exhibit_id: int) -> HttpResponse:
    """Ask for a patent on show; what comes of it counts for the event."""
    event = visible(request, pk)
    exhibit = get_object_or_404(event.exhibits.select_related("patent__holder"), pk=exhibit_id, patent__isnull=False)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        deal = done(
            form,
            lambda: services.enquire_at_event(event_id=pk, exhibit_id=exhibit_id, by=user_of(request), **given),
        )
        if deal:
            messages.success(request, f"意向 {deal.ref} 已提交，权利人会收到通知；后续在“洽谈与合同”办理。")
            return redirect(deal)
    patent = exhibit.patent
    return page_of_form(
        request, form, title=f"提出转化意向：{patent.title if patent else ''}", submit="提交意向",
        back=event.get_absolute_url(), lead=f"来自活动“{event.title}”。提交后，权利人能看到贵单位名称和意向说明。",
    )  # fmt: skip


@roles(Role.SME, Role.HOLDER)
def link(request: HttpRequest) -> HttpResponse:
    """Say by its code at which event a deal or loan project began."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = done(form, lambda: services.link_by_code(by=user_of(request), **form.cleaned_data))
        if row:
            messages.success(request, f"已登记为活动“{row.event.title}”的成果，谢谢。")
            return redirect(row.event)
    return page_of_form(
        request, form, title="用活动代码登记成果", submit="登记", back="/events/mine/",
        lead="本单位的交易或融资项目起于哪次活动，请填写该活动的代码。一项成果只计一次，两年内有效。",
    )  # fmt: skip


@official
def outcomes(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures, the rows behind them, and new rows by hand."""
    event = managed(request, pk)
    by = user_of(request)
    link_form = LinkForm(request.POST if "link" in request.POST else None)
    sent: dict[str, Any] = {"data": request.POST, "files": request.FILES} if "state" in request.POST else {}
    state = StatementForm(prefix="state", **sent)
    if done(link_form, lambda: services.link_by_hand(event_id=pk, by=by, **link_form.cleaned_data)):
        messages.success(request, "已关联。")
        return redirect("events:outcomes", pk=pk)
    if done(state, lambda: services.state_outcome(event_id=pk, by=by, statement=state.statement)):
        messages.success(request, "已登记成果。")
        return redirect("events:outcomes", pk=pk)
    page = BoundedPaginator(outcomes_of(event), PAGE_SIZE).get_page(request.GET.get("page"))
    papers = papers_of(page)
    for row in page:
        row.papers = papers.get(row.pk, [])
    report, figures = getattr(event, "report", None), figures_of(event)
    wrong = next((form for form in (link_form, state) if form.errors), None)
    context = {
        "event": event, "tab": "outcomes", "page": page, "figures": figures, "period": period_of(event),
        "spent": report.spent_amount if report else None, "cost": figures.cost(report.spent_amount if report else None),
        "link_form": link_form, "state": state, "wrong": wrong,
    }  # fmt: skip
    return render(request, "events/manage/outcomes.html", context, status=REFUSED if wrong else 200)


@official
def void(request: HttpRequest, pk: int, outcome_id: int) -> HttpResponse:
    """Take a row back."""
    event = managed(request, pk)
    row = get_object_or_404(event.outcomes.standing(), pk=outcome_id)
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if done(form, lambda: services.void_outcome(event_id=pk, outcome_id=outcome_id, by=user_of(request), **given)):
            messages.success(request, "已撤销。")
            return redirect("events:outcomes", pk=pk)
    return page_of_form(request, form, title=f"撤销成果：{row}", submit="撤销", back=managed_url("outcomes", pk))


@official
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the report of an event that is over."""
    event = managed(request, pk)
    standing = getattr(event, "report", None)
    first = {"text": standing.text, "spent_amount": standing.spent_amount} if standing else {}
    form = ReportForm(request.POST or None, initial=first)
    if done(form, lambda: services.file_report(event_id=pk, by=user_of(request), **form.cleaned_data)):
        messages.success(request, "已上报总结。")
        return redirect("events:report", pk=pk)
    context = {
        "event": event, "tab": "report", "form": form, "report": standing, "attendance": attendance_of(event),
        "feedback": feedback_of(event), "figures": figures_of(event),
    }  # fmt: skip
    return render(request, "events/manage/report.html", context, status=REFUSED if form.errors else 200)
