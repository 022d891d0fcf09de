"""Upload of a pool sheet: take in, preview, confirm, result."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from patents.imports import events, sheet
from patents.tasks import apply_pool_sheet, check_pool_sheet
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.errors import ServiceError
from portal.sheets import services as sheets
from portal.sheets.models import SheetImport, SheetImportQuerySet
from portal.sheets.writing import template_workbook
from portal.ui.downloads import XLSX, attachment

PAGE_SIZE = 20
SHOWN_PROBLEMS = 20
uploaders = roles(Role.HOLDER, Role.CITY, Role.PROVINCE)


KINDS = {
    "pool": (sheet.KIND, "专利清单"),
    "events": (events.KIND, "法律事件"),
}
"""What may be uploaded, by its word in the address; events only by officials."""
POOL_HELP = (
    "支持 .xlsx、.xls、.csv，最大 50 MB。专利清单须有“专利名称”，以及“申请号”或“公布号”；"
    "分类号、发明人、权利份额、同族专利、权利要求、年费等列可有可无，列名见模板。"
)


class UploadForm(forms.Form):
    """One file and what it is."""

    kind = forms.ChoiceField(
        label="表格内容", required=False, choices=[(word, label) for word, (_, label) in KINDS.items()]
    )

    file = forms.FileField(
        label="文件",
        help_text=POOL_HELP + "法律事件须有“申请号”“法律事件”和“法律状态公告日”。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"empty": "文件是空的，没有任何数据。", "required": "请选择文件。"},
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not user.is_official:
            del self.fields["kind"]
            self.fields["file"].help_text = POOL_HELP

    @property
    def sheet_kind(self) -> str:
        return KINDS[self.cleaned_data.get("kind") or "pool"][0]


def _visible(request: HttpRequest) -> SheetImportQuerySet:
    return SheetImport.objects.visible_to(request.user).filter(kind__in=[kind for kind, _ in KINDS.values()])


@uploaders
def upload(request: HttpRequest) -> HttpResponse:
    """The form, and the imports before it."""
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user, initial={"kind": "pool"})
    if request.method == "POST" and form.is_valid():
        try:
            received = _receive(request, form.cleaned_data["file"], form.sheet_kind)
        except ServiceError as refusal:
            form.add_error("file", refusal.message)
        else:
            return redirect("patents:upload_detail", pk=received.pk)
    page = Paginator(_visible(request).select_related("organisation"), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "patents/upload.html", {"form": form, "page": page}, status=422 if form.errors else 200)


@transaction.atomic
def _receive(request: HttpRequest, file: Any, kind: str) -> SheetImport:
    user: Any = request.user
    received = sheets.receive(kind=kind, file=file, file_name=file.name, organisation=user.organisation, by=user)
    transaction.on_commit(lambda: check_pool_sheet.delay(import_id=received.pk))
    return received


@uploaders
@require_safe
def upload_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Progress, preview or result; htmx asks for the inner part alone while a job is at work."""
    received = get_object_or_404(_visible(request).select_related("organisation", "uploaded_by"), pk=pk)
    return render(request, _detail_template(request), _detail_context(received))


def _detail_template(request: HttpRequest) -> str:
    partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    return "patents/_upload_state.html" if partial else "patents/upload_detail.html"


def _detail_context(received: SheetImport, refusal: str = "") -> dict[str, Any]:
    return {
        "import": received,
        "percent": sheets.progress_percent(received),
        "problems": received.problems[:SHOWN_PROBLEMS],
        "problem_count": received.refused_count + received.conflict_count + received.warning_count,
        "has_something_new": received.new_count + received.changed_count + received.conflict_count > 0,
        "refusal": refusal,
    }


@uploaders
@require_POST
def upload_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The uploader wants the previewed sheet in the pool."""
    received = get_object_or_404(_visible(request), pk=pk)
    try:
        with transaction.atomic():
            sheets.confirm(import_id=pk, by=request.user)  # type: ignore[arg-type]
            transaction.on_commit(lambda: apply_pool_sheet.delay(import_id=pk))
    except ServiceError as refusal:
        context = _detail_context(received, refusal.message)
        return render(request, "patents/upload_detail.html", context, status=refusal.status)
    return redirect("patents:upload_detail", pk=pk)


@uploaders
@require_safe
def upload_errors(request: HttpRequest, pk: int) -> FileResponse:
    """The sheet with 错误说明, to mend and upload again."""
    received = get_object_or_404(_visible(request), pk=pk)
    if not received.error_file:
        raise Http404
    name = f"{received.file_name.rsplit('.', 1)[0]}-错误说明.xlsx"
    return FileResponse(received.error_file.open("rb"), as_attachment=True, filename=name, content_type=XLSX)


@uploaders
@require_safe
def upload_template(request: HttpRequest) -> HttpResponse:
    """The empty sheet to fill in, for patents or for legal events."""
    is_events = request.GET.get("kind") == "events"
    module, title = (events, "法律事件") if is_events else (sheet, "专利清单")
    content = template_workbook(module.COLUMNS, title=f"{title}导入模板", version=module.TEMPLATE_VERSION)
    return attachment(content, f"{title}模板.xlsx")
