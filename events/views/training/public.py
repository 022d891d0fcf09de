"""Training for everybody: bases, courses, what can be signed up for, and the check of a certificate."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from events.enums.training import CourseState
from events.forms.training import NumberForm
from events.models import Certificate, Course, TrainingBase
from events.queries import training as queries
from events.views.common import PAGE_SIZE
from events.workflow.training import LEARNING
from portal import clock
from portal.accounts.access import public
from portal.qr import svg_of

MOST_BASES = 100
"""More than the plan's; the page is not cut before."""


@require_safe
@public
def overview(request: HttpRequest) -> HttpResponse:
    """The register of bases beside the plan's target, and the sessions to come."""
    bases = list(queries.listed_bases()[:MOST_BASES])
    context = {
        "bases": bases,
        "standing": sum(base.is_standing for base in bases),
        "wanted": queries.training_rule().parameters["bases_wanted"],
        "totals": queries.totals(),
        "page": Paginator(queries.coming_sessions(), PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "events/training/overview.html", context)


@require_safe
@public
def base(request: HttpRequest, ref: str) -> HttpResponse:
    """One base with its teachers and courses."""
    found = get_object_or_404(TrainingBase.objects.select_related("organisation"), ref=ref)
    context = {
        "base": found,
        "courses": found.courses.filter(state=CourseState.OPEN).order_by("title", "pk")[:MOST_BASES],
        "teachers": found.teachers.filter(is_active=True)[:MOST_BASES],
        "can_run": TrainingBase.objects.run_by(request.user).filter(pk=found.pk).exists(),
    }
    return render(request, "events/training/base.html", context)


@require_safe
@public
def course(request: HttpRequest, ref: str) -> HttpResponse:
    """One course with its sessions to come. One that is not open is its base's alone."""
    found = get_object_or_404(Course.objects.select_related("base__organisation"), ref=ref)
    can_run = TrainingBase.objects.run_by(request.user).filter(pk=found.base_id).exists()
    if found.state == CourseState.DRAFT and not can_run:
        found = get_object_or_404(Course, pk=0)
    context = {
        "course": found,
        "sessions": queries.coming_sessions().filter(course=found)[:PAGE_SIZE],
        "terms": queries.terms_of(found),
        "attempts": queries.attempts_allowed(),
        "can_run": can_run,
        "can_enrol": request.user.is_authenticated and request.user.role in LEARNING,
    }
    return render(request, "events/training/course.html", context)


@require_safe
@public
def certificates(request: HttpRequest) -> HttpResponse:
    """Ask for a certificate by its number."""
    form = NumberForm(request.GET or None)
    number = form.cleaned_data["number"] if form.is_valid() else ""
    if number and Certificate.objects.filter(number=number).exists():
        return redirect("events:certificate", number)
    return render(request, "events/training/certificates.html", {"form": form, "number": number})


@require_safe
@public
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """What a certificate says and whether it stands; its holder is named to who may see the enrolment only."""
    found = get_object_or_404(Certificate, number=number)
    is_own = Certificate.objects.visible_to(request.user).filter(pk=found.pk).exists()
    context = {
        "certificate": found,
        "is_own": is_own,
        "code": svg_of(request.build_absolute_uri(found.get_absolute_url())),
        "checked_at": clock.now(),
    }
    return render(request, "events/training/certificate.html", context)
