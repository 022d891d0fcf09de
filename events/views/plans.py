"""The table plan for the officials who hold the event: laid out, computed, pinned, shown, taken away as a sheet."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from events.enums import PlanState, WishKind
from events.forms.plans import ConflictForm, ReleaseForm, RoundsForm, SeatForm
from events.models import Event, PlanMeeting, TablePlan
from events.queries import plans as queries
from events.services import plan_wishes, plans
from events.views.common import REFUSED, act, done, page_of_form
from events.workflow.events import ORGANISERS
from events.workflow.plans import PLAN_FLOW
from portal.accounts.access import roles
from portal.accounts.models import Organisation
from portal.accounts.requests import user_of
from portal.sheets.writing import export_workbook
from portal.ui.downloads import attachment

organisers = roles(*sorted(ORGANISERS))
MOST_CONFLICTS = 300


@organisers
@require_safe
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan as far as it has come, one slot at a time."""
    event = _managed(request, pk)
    found = TablePlan.objects.filter(event=event).first()
    slots = queries.meeting_slots(event)
    shown = next((slot for slot in slots if str(slot.pk) == request.GET.get("slot")), slots[0] if slots else None)
    meetings = list(queries.meetings_in(event, shown.pk)) if shown else []
    counts = queries.counts_of(event)
    context = {
        "event": event,
        "tab": "plan",
        "plan": found,
        "slots": [(slot, counts.by_slot.get(slot.pk, 0)) for slot in slots],
        "shown": shown,
        "rows": [(one, queries.reason_words(one)) for one in meetings],
        "counts": counts,
        "unmet": queries.unmet_rows(found) if found else [],
        "left": queries.left_meetings(event)[:MOST_CONFLICTS] if found else [],
        "is_open": not event.is_over and event.state != "cancelled",
        "can_compute": found is None or PlanState.QUEUED in _next(request, found),
        "can_publish": found is not None and PlanState.PUBLISHED in _next(request, found) and counts.meetings,
    }
    return render(request, "events/plan/plan.html", context)


def _next(request: HttpRequest, found: TablePlan) -> list[str]:
    return PLAN_FLOW.next_states(found.state, actor=user_of(request))


@organisers
def rounds(request: HttpRequest, pk: int) -> HttpResponse:
    """Cut the time into slots and set the tables up."""
    event = _managed(request, pk)
    initial: dict[str, Any] = {"starts_at": event.starts_at, "ends_at": event.ends_at}
    if (count := event.tables.count()) > 0:
        initial["table_count"] = count
    form = RoundsForm(request.POST or None, initial=initial)
    laid = done(form, lambda: plans.lay_rounds(event_id=event.pk, by=user_of(request), layout=form.layout()))
    if laid:
        messages.success(request, f"已生成 {len(laid)} 个洽谈时段。")
        return redirect("events:plan", event.pk)
    lead = "按每场时长把洽谈时间切成时段，避开议程中的报告和休息。原有的洽谈时段和桌位将被替换。"
    return page_of_form(
        request, form, title=f"洽谈时段和桌位：{event}", lead=lead, back=_plan_address(event), submit="生成"
    )  # fmt: skip


@organisers
@require_POST
def compute(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the plan."""
    event = _managed(request, pk)
    return act(
        request,
        _plan_address(event),
        "已提交计算，几秒到十几秒后刷新本页。",
        lambda: plans.request_plan(event_id=event.pk, by=user_of(request)),
    )


@organisers
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Show it to the parties."""
    event = _managed(request, pk)
    return act(
        request,
        _plan_address(event),
        "已公布，并通知各参会单位。",
        lambda: plans.publish_plan(event_id=event.pk, by=user_of(request)),
    )


@organisers
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the whole plan back."""
    event = _managed(request, pk)
    get_object_or_404(TablePlan, event=event)
    form = ReleaseForm(request.POST or None)

    def verb() -> bool:
        plans.release_plan(event_id=event.pk, by=user_of(request), reason=form.cleaned_data["reason"])
        return True

    if done(form, verb):
        messages.success(request, "已撤销排桌。")
        return redirect("events:plan", event.pk)
    lead = "撤销后所有洽谈（包括固定的）都会删除，活动才能改期。参会单位填写的意愿保留。"
    return page_of_form(
        request, form, title=f"撤销排桌：{event}", lead=lead, back=_plan_address(event), submit="撤销排桌"
    )  # fmt: skip


@organisers
def seat(request: HttpRequest, pk: int) -> HttpResponse:
    """Put two parties at a table by hand."""
    event = _managed(request, pk)
    form = SeatForm(request.POST or None, event=event)
    made = done(form, lambda: plans.pin_pair(event_id=event.pk, by=user_of(request), seat=form.seat()))
    if made:
        messages.success(request, f"已指定：{made}。重新计算后其余洽谈随之调整。")
        return redirect(f"{_plan_address(event)}?slot={made.slot_id}")
    lead = "指定的洽谈固定不动；同一时段占用双方或该桌、又没有固定的洽谈让位，重新计算时另行安排。"
    return page_of_form(
        request, form, title=f"指定一场洽谈：{event}", lead=lead, back=_plan_address(event), submit="指定"
    )  # fmt: skip


@organisers
@require_POST
def pin(request: HttpRequest, pk: int, meeting_id: int) -> HttpResponse:
    """Fix a meeting, or let it move again."""
    event = _managed(request, pk)
    meeting = get_object_or_404(PlanMeeting, pk=meeting_id, plan__event=event)
    is_pinned = request.POST.get("pinned") == "1"
    return act(
        request,
        f"{_plan_address(event)}?slot={meeting.slot_id}",
        "已固定。" if is_pinned else "已取消固定。",
        lambda: plans.set_pin(meeting_id=meeting.pk, by=user_of(request), is_pinned=is_pinned),
    )


@organisers
@require_safe
def parties(request: HttpRequest, pk: int) -> HttpResponse:
    """Both sides, with how often each meets."""
    event = _managed(request, pk)
    sides = [
        ("企业", queries.party_rows(event, hosts=False)),
        ("专利权人和金融机构", queries.party_rows(event, hosts=True)),
    ]
    return render(request, "events/plan/parties.html", {"event": event, "sides": sides})


@organisers
def conflicts(request: HttpRequest, pk: int) -> HttpResponse:
    """Who must not meet."""
    event = _managed(request, pk)
    form = ConflictForm(request.POST or None, event=event)

    def verb() -> object:
        given = form.cleaned_data
        return plan_wishes.add_conflict(
            event_id=event.pk, by=user_of(request), guest_id=given["guest"].pk, host_id=given["host"].pk,
            reason=given["reason"],
        )  # fmt: skip

    if done(form, verb):
        messages.success(request, "已登记，重新计算后生效。")
        return redirect("events:plan_conflicts", event.pk)
    rows = event.conflicts.select_related("guest", "host")[:MOST_CONFLICTS]
    context = {"event": event, "form": form, "rows": rows}
    return render(request, "events/plan/conflicts.html", context, status=REFUSED if form.errors else 200)


@organisers
@require_POST
def remove_conflict(request: HttpRequest, pk: int, conflict_id: int) -> HttpResponse:
    """Let two parties meet again."""
    event = _managed(request, pk)
    return act(
        request,
        reverse("events:plan_conflicts", args=[event.pk]),
        "已删除。",
        lambda: plan_wishes.remove_conflict(event_id=event.pk, by=user_of(request), conflict_id=conflict_id),
    )


@organisers
@require_safe
def plan_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole plan as a sheet."""
    event = _managed(request, pk)
    content = export_workbook(queries.SHEET_HEADINGS, queries.sheet_rows(event), sheet_name="洽谈排桌")
    return attachment(content, f"洽谈排桌{event.starts_at:%Y%m%d}.xlsx")


@organisers
@require_safe
def party(request: HttpRequest, pk: int, organisation_id: int) -> HttpResponse:
    """One party's timetable and wishes, for the organiser's desk."""
    event = _managed(request, pk)
    organisation = get_object_or_404(
        Organisation.objects.filter(signups__in=event.signups.all()).distinct(), pk=organisation_id
    )
    wishes = event.wishes.filter(by=organisation).select_related("about").order_by("wish", "about__name")
    context = {
        "event": event,
        "organisation": organisation,
        "rows": [(one, queries.reason_words(one)) for one in queries.meetings_of(event, organisation)],
        "wishes": wishes,
        "must": WishKind.MUST,
        "for_official": True,
    }
    return render(request, "events/plan/timetable.html", context)


def _managed(request: HttpRequest, pk: int) -> Event:
    return get_object_or_404(Event.objects.managed_by(user_of(request)), pk=pk)


def _plan_address(event: Event) -> str:
    return reverse("events:plan", args=[event.pk])
