"""A firm's claims: the list, each with its facts and lines, confirming, applying, disputing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from portal import clock
from portal.accounts.access import roles
from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.requests import user_of
from portal.attachments.forms import DocumentForm
from portal.attachments.models import Attachment
from portal.ui.admin import BoundedPaginator
from portal.ui.calls import act, run
from subsidies import services
from subsidies.enums import ClaimSource, ClaimState
from subsidies.forms.claims import ApplicationForm, ConfirmForm, GroundsForm
from subsidies.models import Claim
from subsidies.policy.fact_labels import fact_rows
from subsidies.queries.claims import claims_for, open_rounds
from subsidies.queries.documents import OTHER, Document, documents_of
from subsidies.services.confirming import EDITABLE
from subsidies.services.disputes import DISPUTABLE
from subsidies.services.review import COMMENTABLE
from subsidies.views.common import PAGE_SIZE
from subsidies.workflow import CLAIM_FLOW

claimants = roles(Role.SME, Role.HOLDER)
readers = roles(Role.SME, Role.HOLDER, *sorted(OFFICIALS))
_STEPS = (
    (ClaimState.CANDIDATE, "企业确认"),
    (ClaimState.SUBMITTED, "市级审核"),
    (ClaimState.CITY_PASSED, "省级审核"),
    (ClaimState.PROVINCE_PASSED, "财政审核"),
    (ClaimState.PUBLICITY, "公示"),
    (ClaimState.PAYING, "拨付"),
    (ClaimState.PAID, "到账"),
)
_PLACE = {
    ClaimState.DRAFT: 0, ClaimState.CANDIDATE: 0, ClaimState.RETURNED: 0, ClaimState.LAPSED: 0,
    ClaimState.SUBMITTED: 1, ClaimState.CITY_PASSED: 2, ClaimState.PROVINCE_PASSED: 3,
    ClaimState.APPROVED: 4, ClaimState.PUBLICITY: 4, ClaimState.PAYABLE: 5, ClaimState.PAYING: 5, ClaimState.PAID: 7,
}  # fmt: skip


def _own(request: HttpRequest, ref: str) -> Claim:
    return get_object_or_404(claims_for(user_of(request)), ref=ref)


@readers
def claim_list(request: HttpRequest) -> HttpResponse:
    """The claims that the reader may see, newest first, by state if asked."""
    rows, state = claims_for(user_of(request)), request.GET.get("state", "")
    if state in ClaimState.values:
        rows = rows.filter(state=state)
    context = {
        "page": BoundedPaginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "states": ClaimState.choices,
        "state_chosen": state,
    }
    return render(request, "subsidies/claims/list.html", context)


@readers
def claim(request: HttpRequest, ref: str) -> HttpResponse:
    """One claim: facts, lines, what lacks, where it stands."""
    found, user = _own(request, ref), user_of(request)
    is_own = user.organisation_id == found.organisation_id
    calculations, documents = list(found.calculations.select_related("rule")[:PAGE_SIZE]), documents_of(found)
    context: dict[str, Any] = {
        "claim": found,
        "newest": calculations[0] if calculations else None,
        "earlier": calculations[1:],
        "facts": fact_rows(calculations[0].facts) if calculations else [],
        "comments": [(dict(COMMENTABLE)[row.field], row) for row in found.comments.filter(resolved_at=None)],
        "steps": _steps(found),
        "attachments": Attachment.objects.of(found),
        "documents": documents,
        "reexaminations": found.reexaminations.select_related("corrected").all(),
        "entries": found.entries.select_related("budget").order_by("id"),
        "can_confirm": is_own and ClaimState.SUBMITTED in CLAIM_FLOW.next_states(found.state, actor=user),
        "can_withdraw": is_own and ClaimState.WITHDRAWN in CLAIM_FLOW.next_states(found.state, actor=user),
        "can_edit": is_own and found.source == ClaimSource.APPLIED and found.state in EDITABLE,
        "can_attach": is_own and found.state in EDITABLE,
        "can_dispute": is_own and found.state in DISPUTABLE,
        "document_form": DocumentForm(purposes=_purposes(documents)),
    }
    return render(request, "subsidies/claims/detail.html", context)


def _steps(found: Claim) -> list[dict[str, str]]:
    place = _PLACE.get(ClaimState(found.state))
    if place is None:
        return []
    return [
        {"label": label, "state": "done" if turn < place else "current" if turn == place else ""}
        for turn, (_, label) in enumerate(_STEPS)
    ]


def _purposes(documents: list[Document]) -> list[tuple[str, str]]:
    return [*((one.purpose, one.name) for one in documents), (OTHER, OTHER)]


@claimants
def confirm(request: HttpRequest, ref: str) -> HttpResponse:
    """Confirm account and facts and hand the claim in."""
    found = _own(request, ref)
    if ClaimState.SUBMITTED not in CLAIM_FLOW.next_states(found.state, actor=user_of(request)):
        messages.error(request, f"当前状态为“{found.get_state_display()}”，不能提交。")
        return redirect(found)
    form = ConfirmForm(request.POST or None, initial={"bank_name": found.bank_name})
    if request.method == "POST" and form.is_valid():
        given = {"account": form.account(), "consent": form.cleaned_data["consent"]}
        if run(form, lambda: services.confirm_claim(claim_id=found.pk, by=user_of(request), **given)):
            messages.success(request, "已提交，等待所在市审核。")
            return redirect(found)
    context = {"form": form, "claim": found, "newest": found.calculations.first()}
    return render(request, "subsidies/claims/confirm.html", context, status=422 if form.errors else 200)


@require_POST
@claimants
def compute_again(request: HttpRequest, ref: str) -> HttpResponse:
    """Compute from today's facts, after the firm brought its own up to date."""
    found = _own(request, ref)
    verb = lambda: services.compute_again(claim_id=found.pk, by=user_of(request))  # noqa: E731
    return act(request, found, "已按现有事实重新计算。", verb)


@require_POST
@claimants
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """Take the claim back."""
    found = _own(request, ref)
    verb = lambda: services.withdraw_claim(claim_id=found.pk, by=user_of(request))  # noqa: E731
    return act(request, found, "已撤回；以后仍可重新提交。", verb)


@require_POST
@claimants
def document(request: HttpRequest, ref: str) -> HttpResponse:
    """Add a document."""
    found = _own(request, ref)
    form = DocumentForm(request.POST, request.FILES, purposes=_purposes(documents_of(found)))
    if not form.is_valid():
        messages.error(request, "请选择材料种类和文件。")
        return redirect(found)
    file, purpose = form.cleaned_data["file"], form.cleaned_data["purpose"]
    return act(
        request,
        found,
        "材料已上传。",
        lambda: services.attach_document(
            claim_id=found.pk, by=user_of(request), purpose=purpose, file=file, file_name=file.name
        ),
    )


@claimants
def dispute(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask for a reexamination."""
    found = _own(request, ref)
    form = GroundsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        grounds = form.cleaned_data["grounds"]
        verb = lambda: services.request_reexamination(claim_id=found.pk, by=user_of(request), grounds=grounds)  # noqa: E731
        if run(form, verb):
            messages.success(request, "已申请复核，由未参与审核的人员办理。")
            return redirect(found)
    context = {
        "form": form,
        "title": f"申请复核：{found.ref}",
        "lead": "复核以提出时存档的事实为准，由另外的人员办理，理由公布。",
        "back": found.get_absolute_url(),
        "submit": "申请复核",
    }
    return render(request, "form.html", context, status=422 if form.errors else 200)


@claimants
def round_list(request: HttpRequest) -> HttpResponse:
    """The rounds in which a firm may apply today."""
    return render(request, "subsidies/claims/rounds.html", {"rounds": open_rounds(clock.today())})


@claimants
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Write an application in a round."""
    found = get_object_or_404(open_rounds(clock.today()), pk=pk)
    form = ApplicationForm(request.POST or None, kind=found.kind)
    if request.method == "POST" and form.is_valid():
        given = form.application()
        saved = run(form, lambda: services.save_application(by=user_of(request), round_id=found.pk, application=given))
        if saved:
            messages.success(request, "已保存草稿并计算；上传材料后确认提交。")
            return redirect(saved)
    return _application_page(request, form, f"申报：{found.title}", found.notice)


@claimants
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Change an application that is with the firm."""
    found = _own(request, ref)
    if found.source != ClaimSource.APPLIED or found.state not in EDITABLE or found.round_id is None:
        messages.error(request, "该申领现在不能修改。")
        return redirect(found)
    round_id = found.round_id
    form = ApplicationForm(request.POST or None, kind=found.kind, initial=_initial(found))
    if request.method == "POST" and form.is_valid():
        given = form.application()
        verb = lambda: services.save_application(  # noqa: E731
            by=user_of(request), round_id=round_id, application=given, claim_id=found.pk
        )
        if saved := run(form, verb):
            messages.success(request, "已保存并重新计算。")
            return redirect(saved)
    return _application_page(request, form, f"修改申领 {found.ref}", "")


def _initial(found: Claim) -> dict[str, Any]:
    facts = found.given.get("premium") or found.given.get("fee") or {}
    return {**facts, "insurance": facts.get("kind", "")}


def _application_page(request: HttpRequest, form: Any, title: str, lead: str) -> HttpResponse:
    context = {"form": form, "title": title, "lead": lead, "back": "/subsidies/claims/", "submit": "保存并计算"}
    return render(request, "form.html", context, status=422 if form.errors else 200)
