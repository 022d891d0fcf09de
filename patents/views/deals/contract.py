"""The forms of the contract and of its supplements, with their lines of payment and of further parties."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from patents.enums.deals import RUNNING_STATES, DealKind, DealState, Side
from patents.forms.deals import ContractForm, PartyFormSet, PlanFormSet, SupplementForm
from patents.policy.deal_terms import ContractTerms, PartyLine, PlanLine, SupplementTerms
from patents.queries import deals as queries
from patents.services import deals as services
from patents.views.deals.pages import found, parties, refuse
from portal.accounts.requests import user_of
from portal.errors import ServiceError

_OF_LINES = {"plan", "others", "uscc"}


@parties
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, ref: str) -> HttpResponse:
    """Record the contract of a deal in talks."""
    deal = found(request, ref)
    if deal.state != DealState.TALKS or queries.side_of(deal, user_of(request)) != Side.GIVER:
        messages.error(request, "该步骤现在不能办理，状态可能已经变化。")
        return redirect(deal)
    form = ContractForm(request.POST or None, request.FILES or None, deal=deal, initial=_initial(deal))
    plan = PlanFormSet(request.POST or None, prefix="plan")
    others = PartyFormSet(request.POST or None, prefix="others")
    is_sent = request.method == "POST"
    # All three are asked, so that every error is shown at once.
    is_valid = is_sent and all([form.is_valid(), plan.is_valid(), others.is_valid()])
    if is_valid:
        try:
            services.sign_contract(
                deal_id=deal.pk,
                by=user_of(request),
                terms=_terms(form.cleaned_data, plan, others),
                file=form.cleaned_data["file"],
                valuation=form.cleaned_data["valuation"],
            )
        except ServiceError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "合同已登记，已通知对方确认。")
            return redirect(deal)
    context = {
        "deal": deal,
        "form": form,
        "plan": plan,
        "others": others,
        "conditions": queries.as_stored(queries.conditions_of(deal)),
        "publicity": queries.standing_publicity(deal),
    }
    has_errors = is_sent and not (is_valid and not form.errors)
    return render(request, "patents/deals/contract.html", context, status=422 if has_errors else 200)


@parties
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: HttpRequest, ref: str) -> HttpResponse:
    """Enter a supplement to a signed contract; the other side confirms it on the deal's page."""
    deal = found(request, ref)
    contract = queries.contract_of(deal)
    is_open = contract is not None and deal.state in RUNNING_STATES and deal.kind != DealKind.OPEN_LICENCE
    if contract is None or not is_open or queries.side_of(deal, user_of(request)) != Side.GIVER:
        messages.error(request, "该步骤现在不能办理，状态可能已经变化。")
        return redirect(deal)
    form = SupplementForm(request.POST or None, request.FILES or None, deal=deal)
    plan = PlanFormSet(request.POST or None, prefix="plan")
    is_sent = request.method == "POST"
    is_valid = is_sent and all([form.is_valid(), plan.is_valid()])
    if is_valid:
        file = form.cleaned_data.pop("file")
        lines = [PlanLine(**one.cleaned_data) for one in plan if one.cleaned_data]
        try:
            services.propose_supplement(
                deal_id=deal.pk, by=user_of(request), terms=SupplementTerms(**form.cleaned_data, plan=lines), file=file
            )
        except ServiceError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "补充协议已登记，对方确认后生效。")
            return redirect(deal)
    context = {
        "deal": deal,
        "contract": contract,
        "current_plan": contract.plan.filter(is_current=True),
        "received": queries.received_total(deal),
        "form": form,
        "plan": plan,
    }
    has_errors = is_sent and not (is_valid and not form.errors)
    return render(request, "patents/deals/supplement.html", context, status=422 if has_errors else 200)


def _initial(deal: Any) -> dict[str, Any]:
    standing = queries.standing_publicity(deal)
    return {"value_amount": standing.price_amount} if standing else {}


def _terms(data: dict[str, Any], plan: Any, others: Any) -> ContractTerms:
    given = {name: value for name, value in data.items() if name not in ("file", "valuation")}
    return ContractTerms(
        **given,
        plan=[PlanLine(**form.cleaned_data) for form in plan if form.cleaned_data],
        others=[PartyLine(**form.cleaned_data) for form in others if form.cleaned_data],
    )
