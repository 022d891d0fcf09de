"""Training for who keeps a base: teachers, courses, tests, sessions and attendance."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from events.forms.training import (
    AttendanceForm,
    CourseForm,
    QuestionForm,
    ReasonForm,
    SessionForm,
    TeacherForm,
)
from events.models import Course, Teacher, TrainingBase, TrainingSession
from events.queries import training as queries
from events.services.training import courses, sessions
from events.views.common import PAGE_SIZE, REFUSED, act, done, page_of_form
from events.workflow.training import TEACHING
from portal import clock
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.sheets.writing import export_workbook
from portal.ui.downloads import attachment

keepers = roles(*sorted(TEACHING))
SHOWN = 100


@keepers
@require_safe
def bases(request: HttpRequest) -> HttpResponse:
    """The bases that who is signed in keeps."""
    rows = TrainingBase.objects.run_by(user_of(request)).annotate(course_count=Count("courses"))
    return render(request, "events/training/bases.html", {"bases": rows.order_by("-pk")[:SHOWN]})


@keepers
@require_safe
def base(request: HttpRequest, ref: str) -> HttpResponse:
    """A base as its keepers work in it."""
    found = _base(request, ref)
    planned = queries.with_taken(TrainingSession.objects.filter(course__base=found).order_by("-starts_at", "-pk"))
    context = {
        "base": found,
        "courses": found.courses.annotate(question_count=Count("questions")).order_by("-pk")[:SHOWN],
        "teachers": found.teachers.order_by("-is_active", "name")[:SHOWN],
        "page": Paginator(planned, PAGE_SIZE).get_page(request.GET.get("page")),
        "senders": queries.hours_by_organisation([found])[:SHOWN],
    }
    return render(request, "events/training/keep.html", context)


@keepers
def teacher(request: HttpRequest, ref: str, teacher_id: int | None = None) -> HttpResponse:
    """Add a teacher, or correct one."""
    found = _base(request, ref)
    standing = get_object_or_404(Teacher, base=found, pk=teacher_id) if teacher_id else None
    form = TeacherForm(request.POST or None, initial=TeacherForm.initial_of(standing) if standing else None)
    saved = done(
        form,
        lambda: courses.save_teacher(by=user_of(request), base_id=found.pk, facts=form.facts(), teacher_id=teacher_id),
    )
    if saved:
        messages.success(request, f"已保存：{saved}。")
        return redirect("events:keep_base", found.ref)
    return page_of_form(request, form, title="教师", back=_keep(found), submit="保存")


@keepers
def new_course(request: HttpRequest, ref: str) -> HttpResponse:
    """Start a course."""
    found = _base(request, ref)
    form = CourseForm(request.POST or None)
    saved = done(form, lambda: courses.save_course(by=user_of(request), base_id=found.pk, facts=form.facts()))
    if saved:
        messages.success(request, "已保存。请添加考题（可不设考试），再开放报名。")
        return redirect("events:keep_course", saved.ref)
    return page_of_form(request, form, title=f"新课程：{found}", back=_keep(found), submit="保存")


@keepers
def edit_course(request: HttpRequest, ref: str) -> HttpResponse:
    """Change a course that is not open."""
    course = _course(request, ref)
    form = CourseForm(request.POST or None, initial=CourseForm.initial_of(course))
    saved = done(
        form,
        lambda: courses.save_course(
            by=user_of(request), base_id=course.base_id, facts=form.facts(), course_id=course.pk
        ),
    )
    if saved:
        messages.success(request, "已保存。")
        return redirect("events:keep_course", saved.ref)
    return page_of_form(request, form, title=f"修改课程：{course}", back=_keep_course(course), submit="保存")


@keepers
def course(request: HttpRequest, ref: str) -> HttpResponse:
    """A course with its test; a question is added here."""
    found = _course(request, ref)
    form = QuestionForm(request.POST or None)
    added = done(form, lambda: courses.add_question(course_id=found.pk, by=user_of(request), facts=form.facts()))
    if added:
        messages.success(request, "已添加考题。")
        return redirect("events:keep_course", found.ref)
    context = {
        "course": found,
        "paper": queries.paper_of(found),
        "form": form,
        "sessions": queries.with_taken(found.sessions.order_by("-starts_at", "-pk"))[:SHOWN],
    }
    return render(request, "events/training/keep_course.html", context, status=REFUSED if form.errors else 200)


@keepers
@require_POST
def remove_question(request: HttpRequest, ref: str, question_id: int) -> HttpResponse:
    """Take a question out."""
    found = _course(request, ref)
    return act(
        request,
        _keep_course(found),
        "已删除考题。",
        lambda: courses.remove_question(course_id=found.pk, by=user_of(request), question_id=question_id),
    )


@keepers
@require_POST
def open_course(request: HttpRequest, ref: str) -> HttpResponse:
    """Take enrolments."""
    found = _course(request, ref)
    return act(
        request,
        _keep_course(found),
        "已开放报名，可以排期。",
        lambda: courses.open_course(course_id=found.pk, by=user_of(request)),
    )


@keepers
@require_POST
def close_course(request: HttpRequest, ref: str) -> HttpResponse:
    """Take no more enrolments."""
    found = _course(request, ref)
    return act(
        request,
        _keep_course(found),
        "已停开。",
        lambda: courses.close_course(course_id=found.pk, by=user_of(request)),
    )


@keepers
def new_session(request: HttpRequest, ref: str) -> HttpResponse:
    """Plan a session."""
    found = _course(request, ref)
    form = SessionForm(request.POST or None, base=found.base)
    saved = done(form, lambda: sessions.save_session(by=user_of(request), course_id=found.pk, facts=form.facts()))
    if saved:
        messages.success(request, f"已排期：{saved}。")
        return redirect("events:keep_course", found.ref)
    return page_of_form(request, form, title=f"排期：{found}", back=_keep_course(found), submit="保存")


@keepers
def edit_session(request: HttpRequest, ref: str) -> HttpResponse:
    """Change a session to come."""
    found = _session(request, ref)
    form = SessionForm(request.POST or None, base=found.course.base, initial=SessionForm.initial_of(found))
    saved = done(
        form,
        lambda: sessions.save_session(
            by=user_of(request), course_id=found.course_id, facts=form.facts(), session_id=found.pk
        ),
    )
    if saved:
        messages.success(request, "已保存，并通知已报名单位。")
        return redirect("events:keep_course", found.course.ref)
    return page_of_form(request, form, title=f"修改班次：{found}", back=_keep_course(found.course), submit="保存")


@keepers
def cancel_session(request: HttpRequest, ref: str) -> HttpResponse:
    """Call a session off."""
    found = _session(request, ref)
    form = ReasonForm(request.POST or None)
    saved = done(
        form,
        lambda: sessions.cancel_session(session_id=found.pk, by=user_of(request), reason=form.cleaned_data["reason"]),
    )
    if saved:
        messages.success(request, "已取消，并通知已报名单位。")
        return redirect("events:keep_course", found.course.ref)
    return page_of_form(request, form, title=f"取消班次：{found}", back=_keep_course(found.course), submit="取消班次")


@keepers
def attendance(request: HttpRequest, ref: str) -> HttpResponse:
    """Who was there, and for how many hours; the tests' links are handed out here."""
    found = _session(request, ref)
    people = list(found.enrolments.standing().select_related("organisation", "certificate").order_by("pk"))
    open_rows = [one for one in people if not hasattr(one, "certificate")]
    form = AttendanceForm(request.POST or None, session=found, people=open_rows)
    issued = done(
        form,
        lambda: sessions.record_attendance(session_id=found.pk, by=user_of(request), hours=form.hours()),
    )
    if issued is not None:
        messages.success(request, f"已登记学时；发证 {issued} 份。")
        return redirect("events:attendance", found.ref)
    context = {
        "session": found,
        "rows": [(one, form[f"hours-{one.pk}"] if one in open_rows else None) for one in people],
        "form": form,
        "has_open": bool(open_rows),
        "has_test": found.course.questions.exists(),
    }
    return render(request, "events/training/attendance.html", context, status=REFUSED if form.errors else 200)


@roles(Role.PROVINCE, Role.CITY)
@require_safe
def hours(request: HttpRequest) -> HttpResponse:
    """Hours by sending organisation, and the bases that target T09 counts; as a page or a sheet."""
    rows = queries.hours_by_organisation()
    if request.GET.get("format") == "xlsx":
        headings = ("单位", "所在市代码", "参训人数", "学时", "有效证书")
        lines = ([one.name, one.city_code, one.people, one.hours, one.certificates] for one in rows)
        return attachment(export_workbook(headings, lines), "培训学时.xlsx")
    context = {
        "rows": rows,
        "is_cut": len(rows) == queries.MOST_ROWS,
        "totals": queries.totals(),
        "bases": queries.bases_counted(clock.today()),
        "wanted": queries.training_rule().parameters["bases_wanted"],
        "today": clock.today(),
    }
    return render(request, "events/training/hours.html", context)


def _base(request: HttpRequest, ref: str) -> TrainingBase:
    found: TrainingBase = get_object_or_404(TrainingBase.objects.run_by(user_of(request)), ref=ref)
    return found


def _course(request: HttpRequest, ref: str) -> Course:
    found: Course = get_object_or_404(Course.objects.run_by(user_of(request)).select_related("base"), ref=ref)
    return found


def _session(request: HttpRequest, ref: str) -> TrainingSession:
    rows: Any = TrainingSession.objects.run_by(user_of(request)).select_related("course__base", "teacher")
    found: TrainingSession = get_object_or_404(rows, ref=ref)
    return found


def _keep(base: TrainingBase) -> str:
    return reverse("events:keep_base", args=[base.ref])


def _keep_course(course: Course) -> str:
    return reverse("events:keep_course", args=[course.ref])
