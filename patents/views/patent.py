"""The page of one patent, today and as of any day."""

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from patents.enums import UNCONFIRMED_CODES, EventCode, Overlay, PartyRole
from patents.forms.listing import RecordForm
from patents.models import Evaluation, Patent
from patents.queries.fees import fees_of
from patents.queries.history import as_of
from patents.queries.industries import emerging_tags, intensive_tags
from patents.queries.legal import events_of, overlays_of, status_of
from patents.queries.parties import owners_of
from patents.queries.sources import sources_of
from patents.services.record import update_record
from patents.views.value_parts import value_parts
from portal import clock
from portal.accounts.access import public, roles
from portal.accounts.enums import Role
from portal.accounts.requests import user_of
from portal.errors import ServiceError
from portal.ui.calls import tell


class DayForm(forms.Form):
    """The day as of which a patent is shown."""

    on = forms.DateField(
        label="查看某日的情况",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期应写成 2026-01-31 的形式。"},
    )

    def clean_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["on"]
        if day is not None and day > clock.today():
            raise forms.ValidationError("不能查看将来的日期。")
        return day


@public
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """One patent: offer, legal events, fees, sources; with `on` as it was on that day."""
    rows = Patent.objects.at_address(number)
    rows = rows.select_related("holder", "source_import", "same_day_invention", "industries__sei_table")
    patent = get_object_or_404(rows)
    form = DayForm(request.GET if request.GET.get("on") else None)
    day = form.cleaned_data["on"] if form.is_bound and form.is_valid() else None
    context = {"patent": patent, "form": form, "day": day, **_rights(patent, request)}
    if day is not None:
        own = Evaluation.objects.of_user(request.user) if request.user.is_authenticated else None
        return render(request, "patents/as_of.html", {**context, "was": as_of(patent, day, evaluations=own)})
    return render(request, "patents/detail.html", context | _facts(patent))


def _rights(patent: Patent, request: HttpRequest) -> dict[str, Any]:
    can_edit = Patent.objects.editable_by(request.user).filter(pk=patent.pk).exists()
    listing = patent.listings.visible_to(request.user).filter(state__in=("draft", "listed")).first()
    return {"can_edit": can_edit, "listing": listing, "is_shown": can_edit or (listing and listing.state == "listed")}


def _facts(patent: Patent) -> dict[str, Any]:
    years, due, rule = fees_of(patent)
    return {
        "status": status_of(patent),
        "overlays": [overlay for overlay in Overlay if overlay in overlays_of(patent)],
        "owners": owners_of(patent),
        "applicants": [party for party in patent.parties.all() if party.role == PartyRole.APPLICANT],
        "events": [(event, EventCode(event.code) in UNCONFIRMED_CODES) for event in events_of(patent)],
        "family": patent.family.all(),
        "years": years,
        "due": due,
        "rule": rule,
        "emerging": emerging_tags(patent),
        "intensive": intensive_tags(patent),
        "sources": sources_of(patent),
        **value_parts(patent),
    }


@roles(Role.HOLDER, Role.CITY, Role.PROVINCE)
def record(request: HttpRequest, number: str) -> HttpResponse:
    """Form in which a holder adds to the record: fees paid, claims, family."""
    patent = get_object_or_404(Patent.objects.editable_by(request.user).at_address(number))
    form = RecordForm(request.POST or None, instance=patent)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        family, same_day = values.pop("family_lines"), values.pop("same_day_number")
        shares = values.pop("shares", "")
        try:
            update_record(
                patent_id=patent.pk,
                by=user_of(request),
                values=values,
                family_lines=family,
                same_day=same_day,
                shares=shares,
            )
        except ServiceError as refusal:
            tell(form, refusal)
        else:
            return redirect("patents:detail", number=number)
    return render(request, "patents/record.html", {"form": form, "patent": patent}, status=422 if form.errors else 200)
