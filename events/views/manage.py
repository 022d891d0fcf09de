"""The organiser's pages of one event: overview, programme, sign-ups, moving."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from events import services
from events.forms.manage import ExhibitForm, FileForm, ShiftForm, SlotForm, SpeakerForm, TablesForm, shift_of
from events.forms.signups import EntryForm, QuotaForm
from events.models import Signup
from events.queries.outcomes import figures_of
from events.queries.programme import agenda_of, files_of, needs_on_show, patents_on_show, products_on_show
from events.queries.signups import attendance_of, feedback_of, quotas_of
from events.services.sheets import HEADINGS, attendance_sheet
from events.services.signups import badge_of
from events.tokens import door_token
from events.views.common import PAGE_SIZE, REFUSED, act, done, managed, page_of_form
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.accounts.requests import user_of
from portal.sheets.writing import export_workbook
from portal.ui.admin import BoundedPaginator
from portal.ui.downloads import XLSX

official = roles(Role.PROVINCE, Role.CITY)


@official
@require_safe
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the event stands, and the link for the helpers at the door."""
    event = managed(request, pk)
    door = request.build_absolute_uri(f"/events/door/{door_token(event.pk, event.door_version)}/")
    context = {
        "event": event,
        "tab": "overview",
        "attendance": attendance_of(event),
        "figures": figures_of(event),
        "feedback": feedback_of(event),
        "door": door,
        "moves": event.moves.order_by("-id"),
        "report": getattr(event, "report", None),
    }
    return render(request, "events/manage/overview.html", context)


@official
def programme(request: HttpRequest, pk: int) -> HttpResponse:
    """The agenda, speakers and tables; the button pressed says which form was sent."""
    event = managed(request, pk)
    by = user_of(request)
    forms: dict[str, Any] = {
        "slot": SlotForm(_sent(request, "slot"), initial={"starts_at": event.starts_at, "ends_at": event.ends_at}),
        "speaker": SpeakerForm(_sent(request, "speaker"), prefix="speaker"),
        "tables": TablesForm(_sent(request, "tables"), initial={"count": event.tables.count()}),
    }
    verbs = {
        "slot": lambda: services.add_slot(event_id=pk, by=by, facts=forms["slot"].facts),
        "speaker": lambda: services.save_speaker(by=by, **forms["speaker"].cleaned_data),
        "tables": lambda: services.set_tables(event_id=pk, by=by, **forms["tables"].cleaned_data) or True,
    }
    for name, form in forms.items():
        if done(form, verbs[name]):
            messages.success(request, "已保存。")
            return redirect("events:programme", pk=pk)
    wrong = next((form for form in forms.values() if form.errors), None)
    context = {"event": event, "tab": "programme", "agenda": agenda_of(event), **forms, "wrong": wrong}
    return render(request, "events/manage/programme.html", context, status=REFUSED if wrong else 200)


@require_POST
@official
def remove_slot(request: HttpRequest, pk: int, slot_id: int) -> HttpResponse:
    """Take a part out of the agenda."""
    by = user_of(request)
    return act(
        request, managed_url("programme", pk), "已删除议程。",
        lambda: services.remove_slot(event_id=pk, slot_id=slot_id, by=by),
    )  # fmt: skip


@official
def exhibits(request: HttpRequest, pk: int) -> HttpResponse:
    """What is on show."""
    event = managed(request, pk)
    form = ExhibitForm(request.POST or None)
    if done(form, lambda: services.add_exhibit(event_id=pk, by=user_of(request), **form.thing)):
        messages.success(request, "已加入展示清单。")
        return redirect("events:exhibits", pk=pk)
    context = {
        "event": event,
        "tab": "exhibits",
        "form": form,
        "patents": patents_on_show(event),
        "needs": needs_on_show(event, request.user),
        "products": products_on_show(event),
    }
    return render(request, "events/manage/exhibits.html", context, status=REFUSED if form.errors else 200)


@require_POST
@official
def remove_exhibit(request: HttpRequest, pk: int, exhibit_id: int) -> HttpResponse:
    """Take something off the show."""
    by = user_of(request)
    return act(
        request, managed_url("exhibits", pk), "已移出展示清单。",
        lambda: services.remove_exhibit(event_id=pk, exhibit_id=exhibit_id, by=by),
    )  # fmt: skip


@official
def files(request: HttpRequest, pk: int) -> HttpResponse:
    """Papers and photos."""
    event = managed(request, pk)
    form = FileForm(request.POST or None, request.FILES or None)
    if done(form, lambda: services.attach_file(event_id=pk, by=user_of(request), **form.cleaned_data)):
        messages.success(request, "已上传。")
        return redirect("events:files", pk=pk)
    papers, photos = files_of(event)
    context = {"event": event, "tab": "files", "form": form, "papers": papers, "photos": photos}
    return render(request, "events/manage/files.html", context, status=REFUSED if form.errors else 200)


@require_POST
@official
def remove_file(request: HttpRequest, pk: int, attachment_id: int) -> HttpResponse:
    """Take a paper or photo away."""
    by = user_of(request)
    return act(
        request, managed_url("files", pk), "已移除文件。",
        lambda: services.remove_file(event_id=pk, attachment_id=attachment_id, by=by),
    )  # fmt: skip


@official
def signups(request: HttpRequest, pk: int) -> HttpResponse:
    """Who comes and who waits; somebody entered by hand, and the limits of the groups."""
    event = managed(request, pk)
    by = user_of(request)
    entry = EntryForm(_sent(request, "entry"))
    quota = QuotaForm(_sent(request, "quota"), initial=quotas_of(event), prefix="quota")
    if done(entry, lambda: _enter(pk, entry, by)):
        messages.success(request, "已登记。")
        return redirect("events:signups", pk=pk)
    if quota.is_bound and quota.is_valid():
        return act(
            request, managed_url("signups", pk), "已保存配额，有名额的候补已转正。",
            lambda: services.set_quotas(event_id=pk, by=by, places=quota.cleaned_data),
        )  # fmt: skip
    text = request.GET.get("q", "").strip()
    rows = event.signups.order_by("number")
    if text:
        rows = rows.filter(Q(person_name__icontains=text) | Q(organisation_name__icontains=text))
    page = BoundedPaginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    for row in page:
        row.token = badge_of(row)
    context = {
        "event": event, "tab": "signups", "page": page, "q": text, "entry": entry, "quota": quota,
        "attendance": attendance_of(event), "wrong": entry if entry.errors else None,
    }  # fmt: skip
    return render(request, "events/manage/signups.html", context, status=REFUSED if entry.errors else 200)


@require_POST
@official
def withdraw(request: HttpRequest, pk: int, signup_id: int) -> HttpResponse:
    """Take somebody's sign-up back."""
    by = user_of(request)
    verb = lambda: services.withdraw(signup_id=signup_id, by=by)  # noqa: E731
    return act(request, managed_url("signups", pk), "已取消该报名。", verb)


@require_POST
@official
def reissue(request: HttpRequest, pk: int, signup_id: int) -> HttpResponse:
    """Make a new badge."""
    by = user_of(request)
    verb = lambda: services.reissue_badge(event_id=pk, signup_id=signup_id, by=by)  # noqa: E731
    return act(request, managed_url("signups", pk), "已换发证件，原二维码作废。", verb)


@require_POST
@official
def renew_door(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a new link for the helpers."""
    by = user_of(request)
    verb = lambda: services.renew_door(event_id=pk, by=by)  # noqa: E731
    return act(request, managed_url("manage", pk), "已更换签到链接，原链接失效。", verb)


@require_POST
@official
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The attendance sheet as a workbook; written down in the audit."""
    managed(request, pk)
    rows = attendance_sheet(event_id=pk, by=user_of(request))
    response = HttpResponse(export_workbook(HEADINGS, rows, sheet_name="签到表"), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="event-{pk}-attendance.xlsx"'
    return response


@official
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the event to another time or place."""
    event = managed(request, pk)
    form = ShiftForm(request.POST or None, initial=shift_of(event))
    if done(form, lambda: services.move_event(event_id=pk, by=user_of(request), to=form.to)):
        messages.success(request, "已变更，并已通知全部报名单位；未通过平台账号报名者请电话通知。")
        return redirect("events:manage", pk=pk)
    return page_of_form(
        request, form, title=f"变更时间地点：{event.title}", submit="变更并通知", back=managed_url("manage", pk),
        lead="议程和报名截止时间随活动一起平移，全部报名单位会收到通知。",
    )  # fmt: skip


def managed_url(name: str, pk: int) -> str:
    """The address of an organiser's page."""
    return reverse(f"events:{name}", args=[pk])


def _sent(request: HttpRequest, name: str) -> Any:
    """What was sent, if by the button of this name."""
    return request.POST if request.method == "POST" and name in request.POST else None


def _enter(pk: int, form: EntryForm, by: User) -> Signup:
    given = form.cleaned_data
    organisation = form.organisation
    name = organisation.name if organisation else given["organisation_name"]
    sender = services.Sender(organisation, name, given["audience"])
    return services.enter_person(event_id=pk, by=by, person=form.person, sender=sender)
