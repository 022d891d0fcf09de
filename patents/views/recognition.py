"""A firm's recognitions, the public list of recognised firms, and the officials' import of lists."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from patents.enums.recognition import EVIDENCE_CHOICES, RECOGNITION_EDITABLE, RecognitionKind, RecognitionState
from patents.forms.recognition import RecognitionForm, StatementForm, UploadForm
from patents.imports.recognitions import COLUMNS, KIND, TEMPLATE_VERSION
from patents.models import Recognition
from patents.queries import recognition as queries
from patents.services import recognition as services
from patents.tasks import apply_recognition_sheet, check_recognition_sheet
from patents.workflow.recognition import RECOGNITION_FLOW
from portal import clock, regions
from portal.accounts.access import public, roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.attachments.forms import DocumentForm
from portal.attachments.models import Attachment
from portal.errors import ServiceError
from portal.sheets import services as sheets
from portal.sheets.models import SheetImport, SheetImportQuerySet
from portal.sheets.writing import template_workbook
from portal.ui.calls import act, run
from portal.ui.downloads import XLSX, attachment

PAGE_SIZE = 20
SHOWN_PROBLEMS = 20
firms = roles(Role.SME, Role.HOLDER)
officials = roles(Role.PROVINCE, Role.CITY)


@public
def recognised_firms(request: HttpRequest) -> HttpResponse:
    """The firms whose recognition stands today, by kind and city, with the numbers."""
    today = clock.today()
    kind = request.GET.get("kind", RecognitionKind.PROVINCIAL_DEMO)
    if kind not in RecognitionKind.values:
        kind = RecognitionKind.PROVINCIAL_DEMO
    rows = queries.recognitions_counted(kind, day=today)
    city = request.GET.get("city", "")
    if city in regions.CITIES:
        rows = rows.filter(city_code=city)
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "counts": queries.counts_by_kind(today),
        "kinds": RecognitionKind.choices,
        "kind": kind,
        "cities": regions.CITY_CHOICES,
        "city": city,
        "day": today,
    }
    return render(request, "patents/recognition/public.html", context)


@firms
def recognition_list(request: HttpRequest) -> HttpResponse:
    """The own recognitions and applications, and the ladder."""
    page = Paginator(queries.recognitions_for(user_of(request)), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "rule": queries.current_rule(), "labels": dict(RecognitionKind.choices)}
    return render(request, "patents/recognition/list.html", context)


@firms
def apply(request: HttpRequest) -> HttpResponse:
    """Start an application."""
    form = RecognitionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = run(form, lambda: services.open_recognition(by=user_of(request), **form.cleaned_data))
        if made:
            messages.success(request, f"草稿 {made.ref} 已保存，请上传证明材料后提交。")
            return redirect(made)
    return _form(request, form, "申请认定", reverse("patents:recognitions"))


@firms
def recognition(request: HttpRequest, ref: str) -> HttpResponse:
    """Where one recognition stands."""
    return _show(request, _own(request, ref), DocumentForm(purposes=EVIDENCE_CHOICES))


@firms
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Change the statement."""
    found = _own(request, ref)
    form = StatementForm(request.POST or None, initial={"statement": found.statement})
    if request.method == "POST" and form.is_valid():
        changed = run(
            form,
            lambda: services.change_recognition(recognition_id=found.pk, by=user_of(request), **form.cleaned_data),
        )
        if changed:
            messages.success(request, "已保存。")
            return redirect(found)
    return _form(request, form, f"修改申请 {found.ref}", found.get_absolute_url())


@firms
@require_POST
def add_evidence(request: HttpRequest, ref: str) -> HttpResponse:
    """Upload evidence."""
    found = _own(request, ref)
    form = DocumentForm(request.POST, request.FILES, purposes=EVIDENCE_CHOICES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        kept = run(
            form,
            lambda: services.attach_evidence(
                recognition_id=found.pk, by=user_of(request), file=file, file_name=file.name
            ),
        )
        if kept:
            messages.success(request, f"已上传“{file.name}”。")
            return redirect(found)
    return _show(request, found, form, status=422)


@firms
@require_POST
def submit(request: HttpRequest, ref: str) -> HttpResponse:
    """Hand the application in."""
    found = _own(request, ref)
    return act(
        request,
        found,
        "已提交，等待所在市审核。",
        lambda: services.submit_recognition(recognition_id=found.pk, by=user_of(request)),
    )


@officials
def upload(request: HttpRequest) -> HttpResponse:
    """The form for a list, and the lists before it."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and (received := run(form, lambda: _receive(request, form))):
        return redirect("patents:recognition_import", pk=received.pk)
    page = Paginator(_visible(request).select_related("organisation"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page}
    return render(request, "patents/recognition/upload.html", context, status=422 if form.errors else 200)


@officials
@require_safe
def upload_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Preview or result of a list."""
    found = get_object_or_404(_visible(request).select_related("uploaded_by"), pk=pk)
    return _show_upload(request, found)


@officials
@require_POST
def upload_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the previewed list."""
    found = get_object_or_404(_visible(request), pk=pk)
    try:
        with transaction.atomic():
            sheets.confirm(import_id=pk, by=user_of(request))
            transaction.on_commit(lambda: apply_recognition_sheet.delay(import_id=pk))
    except ServiceError as refusal:
        return _show_upload(request, found, refusal.message, status=refusal.status)
    return redirect("patents:recognition_import", pk=pk)


@officials
@require_safe
def upload_errors(request: HttpRequest, pk: int) -> FileResponse:
    """The list with 错误说明, to mend and upload again."""
    found = get_object_or_404(_visible(request), pk=pk)
    if not found.error_file:
        raise Http404
    name = f"{found.file_name.rsplit('.', 1)[0]}-错误说明.xlsx"
    return FileResponse(found.error_file.open("rb"), as_attachment=True, filename=name, content_type=XLSX)


@officials
@require_safe
def upload_template(request: HttpRequest) -> HttpResponse:
    """The empty list to fill in."""
    content = template_workbook(COLUMNS, title="企业知识产权认定名单导入模板", version=TEMPLATE_VERSION)
    return attachment(content, "认定名单模板.xlsx")


def _own(request: HttpRequest, ref: str) -> Recognition:
    return get_object_or_404(Recognition.objects.visible_to(user_of(request)), ref=ref)


def _visible(request: HttpRequest) -> SheetImportQuerySet:
    return SheetImport.objects.visible_to(request.user).filter(kind=KIND)


@transaction.atomic
def _receive(request: HttpRequest, form: UploadForm) -> SheetImport:
    user, file = user_of(request), form.cleaned_data["file"]
    received = sheets.receive(kind=KIND, file=file, file_name=file.name, organisation=user.organisation, by=user)
    transaction.on_commit(lambda: check_recognition_sheet.delay(import_id=received.pk))
    return received


def _form(request: HttpRequest, form: Any, title: str, back: str) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "submit": "保存"}
    return render(request, "form.html", context, status=422 if form.errors else 200)


def _show(request: HttpRequest, found: Recognition, form: DocumentForm, status: int = 200) -> HttpResponse:
    next_states = RECOGNITION_FLOW.next_states(found.state, actor=user_of(request))
    context = {
        "row": found,
        "attachments": Attachment.objects.of(found),
        "form": form,
        "can_edit": found.state in RECOGNITION_EDITABLE,
        "can_submit": RecognitionState.SUBMITTED in next_states,
    }
    return render(request, "patents/recognition/detail.html", context, status=status)


def _show_upload(request: HttpRequest, found: SheetImport, refusal: str = "", status: int = 200) -> HttpResponse:
    context = {
        "import": found,
        "problems": found.problems[:SHOWN_PROBLEMS],
        "problem_count": found.refused_count + found.conflict_count + found.warning_count,
        "refusal": refusal,
    }
    return render(request, "patents/recognition/import.html", context, status=status)
