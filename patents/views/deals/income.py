"""The pages on which an institution divides income among its people."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from patents.enums.deals import DocumentKind, ShareGroup, Side
from patents.forms.deals import EmptyForm, ReasonForm
from patents.forms.income import CostFormSet, PayoutForm, PersonFormSet, RatesForm, ShareRuleForm
from patents.models import Deal, IncomeShare, IncomeWorksheet, MoneyReceived, Payout, ShareRule
from patents.policy.deal_terms import CostLine, PayoutFacts, PersonLine, ShareRuleFacts, WorksheetTerms
from patents.policy.income import equal_shares
from patents.queries import income as queries
from patents.queries.deals import contract_of, side_of
from patents.services import deals as services
from patents.services.deals.proof import proof_pack
from patents.views.deals.pages import found, on_row, parties, refuse, status_of, viewers
from portal.accounts.access import roles
from portal.accounts.enums import OFFICIALS, Role
from portal.accounts.requests import user_of
from portal.errors import NotFound, ServiceError

PAGE_SIZE = 20


def _address(deal: Deal) -> str:
    return reverse("patents:deal_income", args=[deal.ref])


def _giver_deal(request: HttpRequest, ref: str) -> Deal:
    """The deal, for its givers and officials; the other side has no part in it."""
    deal, user = found(request, ref), user_of(request)
    if user.role not in OFFICIALS and side_of(deal, user) != Side.GIVER:
        raise NotFound("没有这笔交易。")
    return deal


@viewers
@require_safe
def statement(request: HttpRequest, ref: str) -> HttpResponse:
    """Where each fen of the deal went; prints."""
    deal, user = _giver_deal(request, ref), user_of(request)
    party = deal.parties.filter(side=Side.GIVER, organisation_id=user.organisation_id or 0).first()
    context = {
        "deal": deal,
        "contract": contract_of(deal),
        "party": party,
        "waiting": queries.undivided_money(deal, party) if party else [],
        **queries.statement(deal, user),
    }
    return render(request, "patents/deals/income.html", context)


@parties
@require_http_methods(["GET", "HEAD", "POST"])
def worksheet(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Work out the own part of one payment."""
    deal = _giver_deal(request, ref)
    money = get_object_or_404(MoneyReceived, deal=deal, pk=pk, reverses__isnull=True)
    party, contract = deal.parties.filter(organisation=user_of(request).organisation).first(), contract_of(deal)
    if party is None or contract is None:
        raise NotFound("没有这笔到账。")
    documents = [
        (one.pk, f"{one.file_name}（{one.created_at:%Y-%m-%d}）")
        for one in deal.documents.filter(kind=DocumentKind.COST).order_by("id")
    ]
    rates = RatesForm(request.POST or None)
    costs = CostFormSet(
        request.POST or None, request.FILES or None, prefix="costs", form_kwargs={"documents": documents},
        initial=_costs_before(money, party),
    )  # fmt: skip
    people = PersonFormSet(request.POST or None, prefix="people", initial=_people_before(money, party, deal))
    is_valid = request.method == "POST" and all([rates.is_valid(), costs.is_valid(), people.is_valid()])
    if is_valid:
        try:
            services.draft_worksheet(money_id=money.pk, by=user_of(request), terms=_terms(rates, costs, people))
        except ServiceError as refusal:
            refuse(rates, refusal)
        else:
            messages.success(request, "分配表已编制，请核对后确认。")
            return redirect(_address(deal))
    context = {
        "deal": deal,
        "money": money,
        "part": queries.part_of(money, party),
        "default": queries.default_rates(contract, party, money.kind),
        "form": rates,
        "costs": costs,
        "people": people,
    }
    has_errors = request.method == "POST" and not (is_valid and not rates.errors)
    return render(request, "patents/deals/worksheet.html", context, status=422 if has_errors else 200)


def _costs_before(money: MoneyReceived, party: Any) -> list[dict[str, Any]]:
    sheet = money.worksheets.filter(party=party).exclude(state="void").first()
    costs = sheet.costs.all() if sheet else []
    return [{"kind": c.kind, "amount": c.amount, "note": c.note, "document_id": c.document_id} for c in costs]


def _people_before(money: MoneyReceived, party: Any, deal: Deal) -> list[dict[str, Any]]:
    """The people of the draft, else of the deal's last worksheet, else the inventors of its patents, in equal parts."""
    sheets = IncomeWorksheet.objects.filter(party=party).exclude(state="void")
    sheet = sheets.filter(money=money).first() or sheets.order_by("-id").first()
    if sheet:
        return [{"group": s.group, "name": s.person_name, "share": s.share} for s in sheet.shares.all()]
    names: dict[str, None] = {}
    for item in deal.items.select_related("patent"):
        names.update(dict.fromkeys(name.strip() for name in item.patent.inventor_names.split("；") if name.strip()))
    shares = equal_shares(len(names)) if names else []
    rows: list[dict[str, Any]] = [
        {"group": ShareGroup.INVENTOR, "name": name, "share": share} for name, share in zip(names, shares, strict=True)
    ]
    return rows


def _terms(rates: RatesForm, costs: Any, people: Any) -> WorksheetTerms:
    given = [form.cleaned_data for form in costs if form.cleaned_data]
    lines = [CostLine(one["kind"], one["amount"], one["file"] or one["document_id"], one["note"]) for one in given]
    persons = [PersonLine(**form.cleaned_data) for form in people if form.cleaned_data]
    return WorksheetTerms(costs=lines, people=persons, **rates.cleaned_data)


@parties
@require_POST
def confirm(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Fix a worksheet."""
    deal = _giver_deal(request, ref)
    sheet = get_object_or_404(IncomeWorksheet, pk=pk, money__deal=deal)
    return on_row(
        request, deal, EmptyForm({}), title="确认分配表", back=_address(deal),
        run=lambda _, by, __: services.confirm_worksheet(worksheet_id=sheet.pk, by=by),
    )  # fmt: skip


@parties
@require_http_methods(["GET", "HEAD", "POST"])
def void(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Take a worksheet back."""
    deal = _giver_deal(request, ref)
    sheet = get_object_or_404(IncomeWorksheet, pk=pk, money__deal=deal)
    return on_row(
        request, deal, ReasonForm(request.POST or None), title="作废分配表", back=_address(deal),
        run=lambda _, by, data: services.void_worksheet(worksheet_id=sheet.pk, by=by, **data),
    )  # fmt: skip


@parties
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Enter what was paid to a person."""
    deal = _giver_deal(request, ref)
    share = get_object_or_404(IncomeShare, pk=pk, worksheet__money__deal=deal)
    left = share.amount - queries.paid_amount(share)

    def run(_: Deal, by: Any, data: dict[str, Any]) -> None:
        file = data.pop("file")
        services.pay_out(share_id=share.pk, by=by, facts=PayoutFacts(**data), file=file)

    form = PayoutForm(request.POST or None, request.FILES or None, initial={"amount": left})
    return on_row(request, deal, form, title=f"向{share.person_name}发放", back=_address(deal), run=run)


@parties
@require_http_methods(["GET", "HEAD", "POST"])
def reverse_payout(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Take a wrong payout back."""
    deal = _giver_deal(request, ref)
    payout = get_object_or_404(Payout, pk=pk, share__worksheet__money__deal=deal)
    return on_row(
        request, deal, ReasonForm(request.POST or None), title="冲销发放", back=_address(deal),
        run=lambda _, by, data: services.reverse_payout(payout_id=payout.pk, by=by, **data),
    )  # fmt: skip


@viewers
@require_POST
def pack(request: HttpRequest, ref: str) -> HttpResponse:
    """All evidence of the deal as one zip."""
    deal = _giver_deal(request, ref)
    response = HttpResponse(proof_pack(deal_id=deal.pk, by=user_of(request)), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{deal.ref}.zip"'
    return response


@roles(Role.HOLDER)
@require_http_methods(["GET", "HEAD", "POST"])
def share_rules(request: HttpRequest) -> HttpResponse:
    """The institution's own rules on inventors' shares."""
    form = ShareRuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_share_rule(by=user_of(request), facts=ShareRuleFacts(**form.cleaned_data))
        except ServiceError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "收益分配制度已登记。")
            return redirect("patents:share_rules")
    rules = ShareRule.objects.filter(organisation=user_of(request).organisation)
    page = Paginator(rules, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "patents/deals/share_rules.html", {"form": form, "page": page}, status=status_of(form))
