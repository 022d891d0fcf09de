"""Offers in the admin: what is in the pool, what runs out, what was taken out and why."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from patents.checks.listing import missing_in
from patents.enums import ListingState
from patents.models import Listing, Patent
from patents.services import enter_pool, remove_listing, renew_listing
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.ui.handling import HandlingAdmin, NoteForm, ReasonForm, Step
from portal.ui.history import HistoryMixin


def _is(state: ListingState) -> Any:
    def is_open(listing: Listing, user: User) -> bool:
        return listing.state == state and Patent.objects.editable_by(user).filter(pk=listing.patent_id).exists()

    return is_open


def _enter(listing: Listing, by: User, _given: dict[str, Any]) -> object:
    return enter_pool(listing_id=listing.pk, by=by)


def _renew(listing: Listing, by: User, _given: dict[str, Any]) -> object:
    return renew_listing(listing_id=listing.pk, by=by)


def _remove(listing: Listing, by: User, given: dict[str, Any]) -> object:
    return remove_listing(listing_id=listing.pk, by=by, reason=given["note"])


@admin.register(Listing)
class ListingAdmin(HistoryMixin, HandlingAdmin):
    roles = frozenset({Role.PROVINCE, Role.CITY})
    list_display = ("patent", "organisation", "state", "way_names", "maturity", "entered_on", "expires_on")
    list_filter = ("state", "maturity")
    list_select_related = ("patent", "organisation")
    search_fields = ("=patent__number", "organisation__name")
    search_help_text = "输入完整的申请号（不含校验位），或者提供单位名称"
    steps = (
        Step("enter", "入库", NoteForm, _enter, _is(ListingState.DRAFT)),
        Step("renew", "续期", NoteForm, _renew, _is(ListingState.LISTED)),
        Step("remove", "移出", ReasonForm, _remove, _is(ListingState.LISTED)),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("patent__abstract", "patent__search_tokens", "patent__first_claim")

    def handling_facts(self, row: Any) -> str:
        """What is missing for the pool."""
        missing = missing_in(row)
        return f"还缺：{'、'.join(missing)}" if missing else "内容齐全。"

    @admin.display(description="转化方式")
    def way_names(self, listing: Listing) -> str:
        return listing.way_names
