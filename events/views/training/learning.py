"""Training for who learns: signing people up, what they have learned, their test and their certificate to print."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from events.enums.training import CourseState
from events.forms.training import PeopleForm
from events.models import Certificate, Enrolment, TestQuestion, TrainingSession
from events.queries import training as queries
from events.services.training import certificates, sessions
from events.views.common import PAGE_SIZE, REFUSED, act, done, page_of_form
from events.workflow.training import LEARNING
from portal import clock
from portal.accounts.access import public, roles, signed_in
from portal.accounts.requests import organisation_of, user_of
from portal.errors import ServiceError
from portal.qr import svg_of

learners = roles(*sorted(LEARNING))
_CHOICE = "question-"


@learners
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The own people: where they are signed up, the hours and certificates of each."""
    organisation = organisation_of(request)
    rows = Enrolment.objects.filter(organisation=organisation).select_related(
        "session__course__base", "session__teacher", "certificate"
    )
    context = {
        "page": Paginator(rows.order_by("-session__starts_at", "-pk"), PAGE_SIZE).get_page(request.GET.get("page")),
        "people": queries.hours_by_person(organisation.pk),
    }
    return render(request, "events/training/mine.html", context)


@learners
def enrol(request: HttpRequest, ref: str) -> HttpResponse:
    """Sign people up for a session."""
    rows = queries.with_taken(TrainingSession.objects.exclude(course__state=CourseState.DRAFT))
    session = get_object_or_404(rows, ref=ref)
    form = PeopleForm(request.POST or None)
    people = done(
        form,
        lambda: sessions.enrol(session_id=session.pk, by=user_of(request), people=form.cleaned_data["people"]),
    )
    if people:
        messages.success(request, f"已为 {len(people)} 人报名：{session}。")
        return redirect("events:my_training")
    back, left = session.course.get_absolute_url(), max(session.left, 0)
    at = f"{session.starts_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    lead = f"{at}，{session.place}，授课 {session.teacher.name}；还剩 {left} 个名额。"
    return page_of_form(request, form, title=f"培训报名：{session.course}", lead=lead, back=back, submit="报名")


@learners
@require_POST
def withdraw(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Give a place back."""
    get_object_or_404(Enrolment, pk=enrolment_id, organisation=organisation_of(request))
    return act(
        request,
        "events:my_training",
        "已取消报名。",
        lambda: sessions.withdraw(enrolment_id=enrolment_id, by=user_of(request)),
    )


@public
def test(request: HttpRequest, code: str) -> HttpResponse:
    """The test of who holds the code; no account is needed, the code cannot be guessed."""
    enrolment = queries.test_of(code)
    if enrolment is None:
        raise Http404
    paper, fault = queries.paper_of(enrolment.session.course), ""
    if request.method == "POST":
        try:
            attempt = certificates.submit_test(code=code, answers=_answers(request, paper))
        except ServiceError as refusal:
            fault = refusal.message
        else:
            told = "合格" if attempt.has_passed else "未合格"
            messages.add_message(
                request,
                messages.SUCCESS if attempt.has_passed else messages.WARNING,
                f"已交卷：{attempt.score} 分，{told}。",
            )
            return redirect("events:test", code)
    attempts = list(enrolment.attempts.order_by("number"))
    context = {
        "enrolment": enrolment,
        "course": enrolment.session.course,
        "paper": paper,
        "fault": fault,
        "attempts": attempts,
        "closed": certificates.why_closed(enrolment, len(attempts)),
        "allowed": queries.attempts_allowed(),
        "certificate": Certificate.objects.filter(enrolment=enrolment).first(),
    }
    return render(request, "events/training/test.html", context, status=REFUSED if fault else 200)


def _answers(request: HttpRequest, paper: list[TestQuestion]) -> dict[int, frozenset[int]]:
    """The places of the chosen options by question; what names no option of the question is left out."""
    found = {}
    for question in paper:
        places = [int(one) for one in request.POST.getlist(f"{_CHOICE}{question.pk}") if one.isdecimal()]
        found[question.pk] = frozenset(place for place in places if place < len(question.options))
    return found


@signed_in
@require_safe
def print_certificate(request: HttpRequest, number: str) -> HttpResponse:
    """The certificate as it is printed, for who may see its holder."""
    rows = Certificate.objects.visible_to(user_of(request))
    found = get_object_or_404(rows, number=number)
    address = request.build_absolute_uri(found.get_absolute_url())
    context = {"certificate": found, "code": svg_of(address, scale=3), "address": address}
    return render(request, "events/training/print.html", context)
