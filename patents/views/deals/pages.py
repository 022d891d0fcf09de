"""The pages of a deal: board, list, enquiry, detail and its steps."""

import re
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from patents.enums.deals import RUNNING_STATES, DealKind, DealState, Side, SupplementState
from patents.forms import deals as forms
from patents.models import Acceptance, Deal, DealDocument, Patent, PricePublicity
from patents.numbers import parse_application_number
from patents.queries import deals as queries
from patents.queries.deal_clocks import shown_clocks, with_late
from patents.services import deals as services
from patents.views.deals.steps import BY_CODE, facts_of, open_steps
from portal.accounts.access import public, roles
from portal.accounts.enums import RegistrationState, Role
from portal.accounts.models import Organisation
from portal.accounts.requests import user_of
from portal.codes import parse_uscc
from portal.errors import Invalid, NotFound, ServiceError
from portal.money import exact

PAGE_SIZE = 20
parties = roles(Role.HOLDER, Role.SME)
viewers = roles(Role.HOLDER, Role.SME, Role.CITY, Role.PROVINCE)
_WAY = (
    (DealState.ENQUIRY, "提出意向"),
    (DealState.TALKS, "洽谈"),
    (DealState.CONTRACT, "签订合同"),
    (DealState.RECORDED, "登记备案"),
    (DealState.PAYING, "到账"),
    (DealState.CLOSED, "完成"),
)


@parties
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Every deal of the own organisation, a column for each state."""
    return render(request, "patents/deals/board.html", {"columns": queries.board(user_of(request))})


@viewers
@require_safe
def deal_list(request: HttpRequest) -> HttpResponse:
    """The deals of one state, or all, page by page."""
    state = request.GET.get("state", "")
    rows = queries.deals_of(user_of(request), state=state).order_by("-id")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "deals": with_late(queries.with_received(page.object_list)),
        "state": state,
        "states": DealState,
    }
    return render(request, "patents/deals/list.html", context)


@roles(Role.SME)
@require_http_methods(["GET", "HEAD", "POST"])
def enquire(request: HttpRequest, number: str) -> HttpResponse:
    """A firm asks the holder of one patent."""
    patent = get_object_or_404(Patent.objects.at_address(number).select_related("holder"))
    form = forms.EnquiryForm(request.POST or None, initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST" and form.is_valid():
        try:
            deal = services.enquire(by=user_of(request), patent_ids=[patent.pk], **form.cleaned_data)
        except ServiceError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"意向 {deal.ref} 已提交，{patent.holder} 会收到通知。")
            return redirect(deal)
    return render(request, "patents/deals/enquire.html", {"form": form, "patent": patent}, status=status_of(form))


@parties
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """A holder enters talks that began elsewhere."""
    form = forms.TalksForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            deal = services.start_talks(
                by=user_of(request),
                patent_ids=_patents_named(data["numbers"]),
                kind=data["kind"],
                receiver_id=_organisation_of(data["receiver"]),
                note=data["note"],
            )
        except ServiceError as refusal:
            refuse(form, refusal, {"patents": "numbers", "uscc": "receiver"})
        else:
            return redirect(deal)
    return render(request, "patents/deals/start.html", {"form": form}, status=status_of(form))


def _patents_named(numbers: str) -> list[int]:
    wanted = [parse_application_number(number).value for number in re.split(r"[\s,，;；、]+", numbers) if number]
    found = dict(Patent.objects.filter(number__in=wanted).values_list("number", "pk"))
    if missing := [number for number in wanted if number not in found]:
        raise Invalid(f"专利库中没有 {missing[0]}。", field="patents")
    return [found[number] for number in wanted]


def _organisation_of(uscc: str) -> int:
    known = Organisation.objects.filter(uscc=parse_uscc(uscc), state=RegistrationState.APPROVED).first()
    if known is None:
        raise Invalid("对方单位尚未在平台注册或未通过审核。", field="receiver")
    return known.pk


@viewers
@require_safe
def detail(request: HttpRequest, ref: str) -> HttpResponse:
    """Everything about one deal, as far as the visitor may see it."""
    deal = found(request, ref)
    return render(request, "patents/deals/detail.html", detail_context(request, deal))


@parties
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """The form of one step, and taking it."""
    deal, step = found(request, ref), BY_CODE.get(code)
    context = detail_context(request, deal)
    if step is None or step not in context["steps"]:
        messages.error(request, "该步骤现在不能办理，状态可能已经变化。")
        return redirect(deal)
    form = step.form(request.POST or None, request.FILES or None, deal=deal)
    if request.method == "POST" and form.is_valid():
        try:
            step.run(deal, user_of(request), dict(form.cleaned_data))
        except ServiceError as refusal:
            refuse(form, refusal, {"payer": "payer_id"})
        else:
            messages.success(request, step.done)
            return redirect(deal)
    # A form without fields is not bound by an empty POST.
    if request.method == "POST" and not form.fields:
        step.run(deal, user_of(request), {})
        messages.success(request, step.done)
        return redirect(deal)
    return render(request, "patents/deals/step.html", context | {"form": form, "step": step}, status=status_of(form))


@parties
@require_http_methods(["GET", "HEAD", "POST"])
def handle_objection(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Say what came of an objection."""
    form = forms.HandleObjectionForm(request.POST or None)
    return on_row(
        request, found(request, ref), form, title="处理异议", run=lambda deal, by, data: services.handle_objection(
            deal_id=deal.pk, objection_id=pk, by=by, **data
        ),
    )  # fmt: skip


@parties
@require_http_methods(["GET", "HEAD", "POST"])
def reverse_money(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Take a wrong payment back."""
    deal = found(request, ref)
    if queries.side_of(deal, user_of(request)) != Side.GIVER:
        messages.error(request, "到账由转让（许可、出资）方登记和冲销。")
        return redirect(deal)
    form = forms.ReversalForm(request.POST or None)
    return on_row(
        request, deal, form, title="冲销到账", run=lambda deal, by, data: services.reverse_money(
            deal_id=deal.pk, money_id=pk, by=by, **data
        ),
    )  # fmt: skip


def on_row(request: HttpRequest, deal: Deal, form: Any, *, title: str, run: Any, back: str = "") -> HttpResponse:
    """A small form about one row of the deal."""
    if request.method == "POST" and form.is_valid():
        try:
            run(deal, user_of(request), form.cleaned_data)
        except NotFound:
            raise
        except ServiceError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"{title}：已办理。")
            return redirect(back or deal.get_absolute_url())
    context = {"deal": deal, "form": form, "title": title, "back": back or deal.get_absolute_url()}
    return render(request, "patents/deals/row.html", context, status=status_of(form))


@viewers
@require_safe
def document(request: HttpRequest, ref: str, pk: int) -> FileResponse:
    """Hand a document out; the audit keeps who took it."""
    deal = found(request, ref)
    kept = services.open_document(document_id=get_object_or_404(deal.documents, pk=pk).pk, by=user_of(request))
    return FileResponse(
        kept.file.open("rb"), as_attachment=True, filename=kept.file_name, content_type=kept.content_type
    )


@public
@require_safe
def publicities(request: HttpRequest) -> HttpResponse:
    """Agreed prices that institutions made public (条例 art. 14)."""
    page = Paginator(queries.public_publicities(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "patents/deals/publicities.html", {"page": page})


def found(request: HttpRequest, ref: str) -> Deal:
    """The deal, 404 for who may not see it."""
    return get_object_or_404(Deal.objects.visible_to(request.user), ref=ref)


def refuse(form: Any, refusal: ServiceError, names: dict[str, str] | None = None) -> None:
    """Show a refusal at the input it names."""
    field = (names or {}).get(refusal.field or "", refusal.field)
    form.add_error(field if field in form.fields else None, refusal.message)


def status_of(form: Any) -> int:
    """422 for a form with errors."""
    return 422 if form.is_bound and form.errors else 200


def detail_context(request: HttpRequest, deal: Deal) -> dict[str, Any]:
    """What the page of a deal shows."""
    user = user_of(request)
    side = queries.side_of(deal, user)
    contract = queries.contract_of(deal)
    supplements = list(contract.supplements.select_related("document").prefetch_related("plan")) if contract else []
    is_early = deal.state in (DealState.ENQUIRY, DealState.TALKS)
    documents = DealDocument.objects.visible_to(user).filter(deal=deal).select_related("uploaded_by__organisation")
    context: dict[str, Any] = {
        "deal": deal,
        "side": side,
        "is_giver": side == Side.GIVER,
        "way": _way(deal),
        "givers": queries.parties_of(deal, Side.GIVER),
        "receivers": queries.parties_of(deal, Side.RECEIVER),
        "items": deal.items.select_related("patent").order_by("id"),
        "contract": contract,
        "plan": contract.plan.filter(is_current=True) if contract else [],
        "supplements": supplements,
        "waiting_supplement": next((one for one in supplements if one.state == SupplementState.PROPOSED), None),
        "clocks": shown_clocks(deal),
        "acceptance": Acceptance.objects.visible_to(user).filter(deal=deal).first(),
        "conditions": queries.as_stored(queries.conditions_of(deal)) if is_early else (contract and contract.findings),
        "is_early": is_early,
        "publicity": queries.standing_publicity(deal),
        "withdrawn": PricePublicity.objects.filter(deal=deal, withdrawn_at__isnull=False),
        "consents": deal.consents.select_related("patent", "document"),
        "money": queries.money_rows(deal),
        "received": queries.received_total(deal),
        "thread": deal.messages.select_related("author", "organisation"),
        "documents": documents,
        "can_reverse_money": contract is not None,
    }
    context["objections"] = context["publicity"].objections.all() if context["publicity"] else []
    context["steps"] = open_steps(deal, side, facts=facts_of(deal, context)) if side else []
    context["main_steps"] = [step for step in context["steps"] if step.is_main]
    context["other_steps"] = [step for step in context["steps"] if not step.is_main and step.code != "message"]
    context["can_amend"] = (
        side == Side.GIVER
        and deal.state in RUNNING_STATES
        and deal.kind != DealKind.OPEN_LICENCE
        and context["waiting_supplement"] is None
    )
    context["can_sign"] = side == Side.GIVER and deal.state == DealState.TALKS
    context["can_message"] = any(step.code == "message" for step in context["steps"])
    context["message_form"] = forms.MessageForm(auto_id="message_%s")
    context["value_exact"] = exact(contract.value_amount) if contract and contract.value_amount is not None else ""
    return context


def _way(deal: Deal) -> list[dict[str, str]]:
    """The way from enquiry to the end; an ended deal stopped where its last trace is.

    An open licence begins with its contract: the notice.
    """
    way = _WAY if deal.kind != DealKind.OPEN_LICENCE else ((DealState.CONTRACT, "书面通知，许可成立"), *_WAY[3:])
    states = [state for state, _ in way]
    reached = _last_reached(deal) if deal.state == DealState.ENDED else DealState(deal.state)
    at = states.index(reached)
    words = ["done" if place < at else "current" if place == at else "todo" for place in range(len(states))]
    if deal.state == DealState.CLOSED:
        words[-1] = "done"
    return [{"label": label, "state": word} for (_, label), word in zip(way, words, strict=True)]


def _last_reached(deal: Deal) -> DealState:
    if deal.recorded_on:
        return DealState.RECORDED
    if hasattr(deal, "contract"):
        return DealState.CONTRACT
    is_answered = deal.answered_on is not None or deal.answer_by is None
    return DealState.TALKS if is_answered else DealState.ENQUIRY
