"""The registration window: the public guide, and the applicant's own cases."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from patents.enums.deals import DealKind
from patents.enums.window import CASE_EDITABLE, CASE_OPEN, Agency, CaseKind, CaseState
from patents.forms.window import FilingForm, initial_of, initial_of_deal
from patents.models import Deal, WindowCase
from patents.queries import window as queries
from patents.services import window as services
from patents.workflow.window import CASE_FLOW
from portal.accounts.access import public, roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.attachments.forms import DocumentForm
from portal.errors import ServiceError
from portal.ui.calls import act, tell

PAGE_SIZE = 20
applicants = roles(Role.SME, Role.HOLDER)
_STEPS = (
    (CaseState.DRAFT, "填报"),
    (CaseState.SUBMITTED, "提交审查"),
    (CaseState.ACCEPTED, "受理"),
    (CaseState.HANDED_OVER, "转国家知识产权局"),
    (CaseState.REGISTERED, "登记"),
)


@public
def guide(request: HttpRequest) -> HttpResponse:
    """What each registration needs, how long it takes and who gets the green channel."""
    rule = queries.current_rule()
    context = {
        "rule": rule,
        "kinds": [row | {"label": CaseKind(row["kind"]).label} for row in queries.guide(rule)] if rule else [],
        "agencies": Agency.labels,
    }
    return render(request, "patents/window/guide.html", context)


@applicants
def case_list(request: HttpRequest) -> HttpResponse:
    """The own cases, newest first."""
    page = Paginator(queries.cases_for(user_of(request)), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "patents/window/list.html", {"page": page})


@applicants
def case(request: HttpRequest, ref: str) -> HttpResponse:
    """Where one case stands: documents, clock, what the window said."""
    found = _own(request, ref)
    return _show(request, found, DocumentForm(purposes=_purposes(found)))


@applicants
def edit(request: HttpRequest, ref: str | None = None) -> HttpResponse:
    """Start a case or change one."""
    found = _own(request, ref) if ref else None
    if found and found.state not in CASE_EDITABLE:
        messages.error(request, f"当前状态为“{found.get_state_display()}”，不能修改。")
        return redirect(found)
    form = FilingForm(request.POST or None, initial=initial_of(found) if found else _from_deal(request))
    if request.method == "POST" and form.is_valid() and (kept := _save(request, form, found)):
        messages.success(request, f"已保存 {kept.ref}，请上传材料后提交。")
        return redirect(kept)
    return render(
        request, "patents/window/form.html", {"form": form, "case": found}, status=422 if form.errors else 200
    )


@applicants
@require_POST
def add_document(request: HttpRequest, ref: str) -> HttpResponse:
    """Upload one document of a case."""
    found = _own(request, ref)
    form = DocumentForm(request.POST, request.FILES, purposes=_purposes(found))
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            services.attach_document(
                case_id=found.pk,
                by=user_of(request),
                purpose=form.cleaned_data["purpose"],
                file=file,
                file_name=file.name,
            )
        except ServiceError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"已上传“{file.name}”。")
            return redirect(found)
    return _show(request, found, form, status=422)


@applicants
@require_POST
def drop_document(request: HttpRequest, ref: str, attachment_id: int) -> HttpResponse:
    """Take one document away."""
    found = _own(request, ref)
    return act(
        request,
        found,
        "材料已移除。",
        lambda: services.remove_document(case_id=found.pk, by=user_of(request), attachment_id=attachment_id),
    )


@applicants
@require_POST
def submit(request: HttpRequest, ref: str) -> HttpResponse:
    """Hand the case in."""
    found = _own(request, ref)
    return act(request, found, "已提交窗口。", lambda: services.submit_case(case_id=found.pk, by=user_of(request)))


@applicants
@require_POST
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """Take the case back."""
    found = _own(request, ref)
    return act(request, found, "已撤回。", lambda: services.withdraw_case(case_id=found.pk, by=user_of(request)))


def _own(request: HttpRequest, ref: str) -> WindowCase:
    rows = WindowCase.objects.visible_to(user_of(request)).select_related("organisation", "rule")
    return get_object_or_404(rows, ref=ref)


def _from_deal(request: HttpRequest) -> dict[str, Any] | None:
    """The first values when somebody comes from the page of a signed deal of the own organisation."""
    own = Deal.objects.visible_to(user_of(request)).filter(ref=request.GET.get("deal", ""), contract__isnull=False)
    deal = own.select_related("contract").first()
    return initial_of_deal(deal) if deal and deal.kind != DealKind.INVESTMENT else None


def _purposes(found: WindowCase) -> list[tuple[str, str]]:
    return [(one.code, one.label) for one in queries.requirements(found)]


def _save(request: HttpRequest, form: FilingForm, found: WindowCase | None) -> WindowCase | None:
    try:
        filing = form.filing()
        if found:
            return services.change_case(case_id=found.pk, by=user_of(request), filing=filing)
        return services.open_case(by=user_of(request), filing=filing)
    except ServiceError as refusal:
        form.refuse(refusal)
        return None


def _show(request: HttpRequest, found: WindowCase, form: DocumentForm, status: int = 200) -> HttpResponse:
    user = user_of(request)
    next_states = CASE_FLOW.next_states(found.state, actor=user)
    documents = queries.documents_of(found)
    is_open = found.state in CASE_OPEN | {CaseState.DRAFT}
    context = {
        "case": found,
        "steps": _steps(found),
        "items": found.items.select_related("patent").order_by("id"),
        "documents": documents,
        "missing": [row["requirement"] for row in documents if not row["files"]],
        "moves": found.moves.order_by("id"),
        "days_used": queries.days_used(found),
        "days_left": queries.days_left(found),
        "green": queries.green_label(found),
        "rule": queries.rule_of(found),
        "form": form,
        "is_open": is_open,
        "findings": queries.findings_of(found) if is_open else [],
        "can_edit": found.state in CASE_EDITABLE,
        "can_submit": CaseState.SUBMITTED in next_states,
        "can_withdraw": CaseState.WITHDRAWN in next_states,
    }
    return render(request, "patents/window/case.html", context, status=status)


def _steps(found: WindowCase) -> list[dict[str, str]]:
    """The way from draft to registration; a case that was stopped stands at the last step that it reached."""
    order = [state for state, _ in _STEPS]
    reached = [state for state, _ in queries.moves_of(found) if state in order]
    at = order.index(CaseState(reached[-1])) if reached else 0
    words = ["done" if place < at else "current" if place == at else "todo" for place in range(len(order))]
    if found.state == CaseState.REGISTERED:
        words[-1] = "done"
    return [{"label": label, "state": word} for (_, label), word in zip(_STEPS, words, strict=True)]
