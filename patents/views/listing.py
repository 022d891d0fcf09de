"""A holder's offer: filled in, brought into the pool, renewed, taken back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from patents import services
from patents.checks.listing import disagreeing, missing_in, reasons_against_entry
from patents.enums import OPEN_LISTINGS
from patents.forms.listing import AgreementForm, ListingForm, ReasonForm
from patents.models import Listing, Patent, PatentParty
from patents.queries.parties import owners_of
from portal.accounts.access import roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.errors import Invalid, ServiceError
from portal.ui.calls import act, tell

owners_and_officials = roles(Role.HOLDER, Role.CITY, Role.PROVINCE)


def _patent(request: HttpRequest, number: str) -> Patent:
    rows = Patent.objects.editable_by(request.user).at_address(number)
    return get_object_or_404(rows.select_related("holder"))


def _listing(patent: Patent) -> Listing | None:
    return patent.listings.filter(state__in=OPEN_LISTINGS).select_related("organisation").first()


def _page(request: HttpRequest, patent: Patent, form: ListingForm) -> HttpResponse:
    listing = _listing(patent)
    owners = owners_of(patent)
    organisation = (listing.organisation if listing else None) or user_of(request).organisation or patent.holder
    if user_of(request).role != Role.HOLDER:
        organisation = (listing.organisation if listing else None) or patent.holder
    context = {
        "form": form,
        "patent": patent,
        "listing": listing,
        "missing": missing_in(listing) if listing else [],
        "against": reasons_against_entry(patent, owners, organisation),
        "to_agree": disagreeing(organisation, owners) if organisation else [],
        "agreement_form": AgreementForm(),
        "reason_form": ReasonForm(),
    }
    return render(request, "patents/listing.html", context, status=422 if form.errors else 200)


@owners_and_officials
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Form in which a holder says how a patent is offered, with what is still missing for the pool."""
    patent = _patent(request, number)
    form = ListingForm(request.POST or None, initial=ListingForm.initial_of(_listing(patent)))
    if request.method == "POST" and form.is_valid():
        try:
            services.save_offer(patent_id=patent.pk, by=user_of(request), offer=form.offer())
        except ServiceError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, "已保存。")
            return redirect("patents:listing", number=number)
    return _page(request, patent, form)


def _act(request: HttpRequest, number: str, verb: Callable[[int], Any], done: str) -> HttpResponse:
    """Do something with the open listing and go back to its page, which says what came of it."""
    patent = _patent(request, number)
    listing = get_object_or_404(Listing, patent=patent, state__in=OPEN_LISTINGS)
    return act(request, reverse("patents:listing", args=[number]), done, lambda: verb(listing.pk))


@owners_and_officials
@require_POST
def enter(request: HttpRequest, number: str) -> HttpResponse:
    """Bring the draft into the pool."""
    by = user_of(request)
    return _act(request, number, lambda pk: services.enter_pool(listing_id=pk, by=by), "已入库。")


@owners_and_officials
@require_POST
def renew(request: HttpRequest, number: str) -> HttpResponse:
    """Let the listing run for another term."""
    by = user_of(request)
    return _act(request, number, lambda pk: services.renew_listing(listing_id=pk, by=by), "已续期。")


@owners_and_officials
@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take the offer back, with a reason; for an official this is a removal."""
    by = user_of(request)
    reason = request.POST.get("reason", "")
    service = services.withdraw_listing if by.role == Role.HOLDER else services.remove_listing
    return _act(request, number, lambda pk: service(listing_id=pk, by=by, reason=reason), "已退出。")


@owners_and_officials
@require_POST
def agree(request: HttpRequest, party_id: int) -> HttpResponse:
    """Record a co-owner's consent."""
    editable = Patent.objects.editable_by(request.user)
    party = get_object_or_404(PatentParty.objects.select_related("patent__holder"), pk=party_id, patent__in=editable)
    form = AgreementForm(request.POST)
    try:
        if not form.is_valid():
            raise Invalid("请填写同意日期和书面依据。")
        services.record_agreement(party_id=party.pk, by=user_of(request), **form.cleaned_data)
    except ServiceError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "已登记共有人同意。")
    return redirect("patents:listing", number=party.patent.address)
