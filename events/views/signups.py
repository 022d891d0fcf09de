"""Signing up, the badge, and what a participant says afterwards."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from events import services
from events.badges import qr_of
from events.enums import SignupState
from events.forms.signups import FeedbackForm, PeopleFormSet, SelfForm
from events.models import Event, Feedback, Signup
from events.queries.signups import attendance_of, own_signups
from events.services.signups import SIGN_UP_ROLES, badge_of
from events.tokens import read_badge
from events.views.common import PAGE_SIZE, REFUSED, act, done, door_of, visible
from portal.accounts.access import public, roles
from portal.accounts.enums import Role
from portal.accounts.limits import limited
from portal.accounts.requests import user_of
from portal.errors import NotFound, ServiceError
from portal.ui.admin import BoundedPaginator

MOST_ROWS = 20


@public
@limited
def sign_up(request: HttpRequest, pk: int) -> HttpResponse:
    """People of one's organisation, or oneself where nobody is signed in."""
    event = visible(request, pk)
    user: Any = request.user
    if user.is_authenticated and user.role in SIGN_UP_ROLES:
        return _of_organisation(request, event)
    return _of_person(request, event)


@roles(Role.SME, Role.HOLDER)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Whom one's organisation sends where."""
    page = BoundedPaginator(own_signups(user_of(request)), PAGE_SIZE).get_page(request.GET.get("page"))
    for row in page:
        row.token = badge_of(row)
    return render(request, "events/mine.html", {"page": page})


@require_POST
@roles(Role.SME, Role.HOLDER)
def withdraw(request: HttpRequest, signup_id: int) -> HttpResponse:
    """Take a sign-up back."""
    verb = lambda: services.withdraw(signup_id=signup_id, by=user_of(request))  # noqa: E731
    return act(request, "events:mine", "已取消报名，名额让给候补者。", verb)


@public
@require_safe
def badge(request: HttpRequest, token: str) -> HttpResponse:
    """The participant's badge; to a helper at the door, the button that lets them in."""
    row = _of_badge(token)
    door = door_of(request, row.event)
    context = {
        "row": row,
        "event": row.event,
        "token": token,
        "door": door,
        "qr": qr_of(request.build_absolute_uri()),
        "can_withdraw": not row.checked_in_at and not row.event.is_over and row.state != SignupState.WITHDRAWN,
        "can_answer": row.state == SignupState.CONFIRMED and row.event.has_begun and not _has_answered(row),
    }
    return render(request, "events/badge.html", context)


@require_POST
@public
def withdraw_badge(request: HttpRequest, token: str) -> HttpResponse:
    """A person takes the own sign-up back."""
    row = _of_badge(token)
    verb = lambda: services.withdraw_by_badge(token=badge_of(row))  # noqa: E731
    return act(request, row.event, "已取消报名。", verb)


@public
def feedback(request: HttpRequest, token: str) -> HttpResponse:
    """The questions after the event."""
    row = _of_badge(token)
    form = FeedbackForm(request.POST or None)
    if done(form, lambda: services.give_feedback(token=token, said=form.said)):
        messages.success(request, "谢谢您的反馈。")
        return redirect("events:badge", token=token)
    context = {"form": form, "event": row.event, "row": row, "has_answered": _has_answered(row)}
    return render(request, "events/feedback.html", context, status=REFUSED if form.errors else 200)


def _of_organisation(request: HttpRequest, event: Event) -> HttpResponse:
    forms = PeopleFormSet(request.POST or None, initial=[{}] * _rows(request), prefix="people")
    refusal = ""
    if request.method == "POST" and forms.is_valid():
        people = [form.person for form in forms if form.has_changed()]
        try:
            made = services.sign_up(event_id=event.pk, by=user_of(request), people=people)
        except ServiceError as error:
            refusal = error.message
        else:
            messages.success(request, _told(made))
            return redirect("events:mine")
    context = {"event": event, "forms": forms, "refusal": refusal, "attendance": attendance_of(event)}
    is_refused = bool(refusal or (request.method == "POST"))
    return render(request, "events/sign_up.html", context, status=REFUSED if is_refused else 200)


def _of_person(request: HttpRequest, event: Event) -> HttpResponse:
    form = SelfForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        row = done(
            form,
            lambda: services.sign_up_person(
                event_id=event.pk,
                person=form.person,
                organisation_name=given["organisation_name"],
                has_consented=given["has_consented"],
            ),
        )
        if row:
            messages.success(request, _told([row]) + "请保存本页地址或截图二维码，签到时出示。")
            return redirect("events:badge", token=badge_of(row))
    context = {"event": event, "form": form, "attendance": attendance_of(event)}
    return render(request, "events/sign_up_person.html", context, status=REFUSED if form.errors else 200)


def _told(rows: list[Signup]) -> str:
    sure = sum(row.state == SignupState.CONFIRMED for row in rows)
    waiting = len(rows) - sure
    return f"报名成功 {sure} 人" + (f"，候补 {waiting} 人（有名额时自动转正并通知）。" if waiting else "。")


def _rows(request: HttpRequest) -> int:
    wanted = request.GET.get("rows", "")
    return min(int(wanted), MOST_ROWS) if wanted.isdecimal() and int(wanted) > 0 else 1


def _of_badge(token: str) -> Signup:
    try:
        said = read_badge(token)
    except NotFound as refusal:
        raise Http404 from refusal
    rows = Signup.objects.select_related("event", "organisation")
    row = rows.filter(pk=said.key, badge_version=said.version).first()
    if row is None:
        raise Http404
    return row


def _has_answered(row: Signup) -> bool:
    return Feedback.objects.filter(signup=row).exists()
