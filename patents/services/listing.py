"""Verbs on offers: saved, brought into the pool, renewed, ended."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from patents.checks.listing import (
    OFFER_FIELDS,
    Offer,
    check_agreement,
    check_offer,
    missing_in,
    reasons_against_entry,
)
from patents.enums import OPEN_LISTINGS, ListingState
from patents.models import Listing, Patent, PatentParty
from patents.queries.parties import owners_of
from patents.queries.rules import listing_rule
from patents.workflow.listing import LISTING_FLOW
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import Organisation, User
from portal.audit.services import record, record_many
from portal.dates import add_months
from portal.errors import Conflict, Invalid
from portal.notices.services import Message, notify, notify_many
from portal.outbox.services import publish, publish_many

MAX_REASON = 500
_COPIES = ("maturity", "transfer_way", "price_amount")


@transaction.atomic
def save_offer(*, patent_id: int, by: User, offer: Offer) -> Listing:
    """State how a patent is offered. The first time this makes a draft; what lacks for the pool may follow later.

    Raises Patent.DoesNotExist for a patent that `by` may not edit, Conflict where another organisation offers it.
    """
    check_offer(offer)
    patent = _locked_patent(patent_id, by)
    listing = patent.listings.filter(state__in=OPEN_LISTINGS).select_for_update(of=("self",)).first()
    if listing is None:
        listing = Listing(patent=patent, organisation=_offering(patent, by))
    _require_same(listing, patent, by)
    before = _values(listing)
    for name in OFFER_FIELDS:
        setattr(listing, name, list(offer.transfer_ways) if name == "transfer_ways" else getattr(offer, name))
    if listing.pk and _values(listing) == before:
        return listing
    if listing.state == ListingState.LISTED and (missing := missing_in(listing)):
        raise Invalid(f"该专利已入库，以下内容不能为空：{'、'.join(missing)}。")
    listing.save()
    if listing.state == ListingState.LISTED:  # A draft is nobody's to find.
        copy_to_patent(patent, listing)
    record(by=by, verb="更新转化信息", target=patent, before=before, after=_values(listing))
    publish("patents.listing.updated", key=f"patent:{patent.pk}", patent_number=patent.address)
    return listing


@transaction.atomic
def enter_pool(*, listing_id: int, by: User) -> Listing:
    """Bring a complete draft into the pool for the months that the rule gives.

    Raises Invalid with everything that is missing or stands against it.
    """
    listing, patent = _locked(listing_id, by)
    LISTING_FLOW.require(listing.state, ListingState.LISTED, actor=by)
    if listing.state != ListingState.DRAFT:
        raise Conflict("该专利已在库，请办理续期。")
    missing = missing_in(listing)
    if missing:
        raise Invalid(f"请先补充：{'、'.join(missing)}。", code="incomplete")
    _require_entry(patent, listing)
    listing.entered_on = clock.today()
    _run_from(listing, listing.entered_on)
    copy_to_patent(patent, listing)
    return _moved(listing, ListingState.LISTED, by=by, verb="入库", name="patents.listing.entered")


@transaction.atomic
def renew_listing(*, listing_id: int, by: User) -> Listing:
    """Let a listing run for another term from its expiry; what entry asks for must still hold."""
    listing, patent = _locked(listing_id, by)
    LISTING_FLOW.require(listing.state, ListingState.LISTED, actor=by)
    if listing.state != ListingState.LISTED or listing.expires_on is None:
        raise Conflict("该专利尚未入库，不能续期。")
    rule = listing_rule(clock.today())
    earliest = listing.expires_on - dt.timedelta(days=max(rule.notice_days, default=60))
    if clock.today() < earliest:
        raise Invalid(f"距到期日较远，请在 {earliest} 之后办理续期。")
    _require_entry(patent, listing)
    _run_from(listing, listing.expires_on)
    listing.renewal_count += 1
    return _moved(listing, ListingState.LISTED, by=by, verb="续期", name="patents.listing.renewed")


@transaction.atomic
def withdraw_listing(*, listing_id: int, by: User, reason: str) -> Listing:
    """Take one's offer back, with the reason."""
    listing, patent = _locked(listing_id, by)
    LISTING_FLOW.require(listing.state, ListingState.WITHDRAWN, actor=by)
    return _end(listing, patent, ListingState.WITHDRAWN, by=by, reason=reason)


@transaction.atomic
def remove_listing(*, listing_id: int, by: User, reason: str) -> Listing:
    """An official takes a listing out of the pool; the holder is told the reason."""
    listing, patent = _locked(listing_id, by)
    LISTING_FLOW.require(listing.state, ListingState.REMOVED, actor=by)
    ended = _end(listing, patent, ListingState.REMOVED, by=by, reason=reason)
    _tell(ended, patent, f"专利 {patent.display_number} 已移出运营库", reason)
    return ended


@transaction.atomic
def expire_listing(*, listing_id: int) -> Listing | None:
    """End a listing whose term is over; None when it was renewed or ended meanwhile."""
    found = Listing.objects.filter(pk=listing_id).values_list("patent_id", flat=True).first()
    if found is None:
        return None
    patent = Patent.objects.select_for_update(of=("self",)).select_related("holder").get(pk=found)
    listing = Listing.objects.select_for_update(of=("self",)).get(pk=listing_id)
    if listing.state != ListingState.LISTED or listing.expires_on is None or listing.expires_on >= clock.today():
        return None
    LISTING_FLOW.require(listing.state, ListingState.EXPIRED, actor=None)
    ended = _end(listing, patent, ListingState.EXPIRED, by=None, reason=f"有效期至 {listing.expires_on}，未续期")
    _tell(ended, patent, f"专利 {patent.display_number} 入库已到期退出", "需要继续提供的，请重新申请入库。")
    return ended


def end_open_listings(*, reasons: Mapping[int, str]) -> int:
    """End the offers of patents whose right ended or changed hands; `reasons` by patent.

    Inside that transaction, the patents locked; in the same few queries however many there are.
    """
    if not reasons:
        return 0
    rows = Listing.objects.filter(patent__in=list(reasons), state__in=OPEN_LISTINGS)
    listings = list(rows.select_related("patent", "organisation").select_for_update(of=("self",)).order_by("pk"))
    now = clock.now()
    for listing in listings:
        listing.state, listing.ended_on = ListingState.REMOVED, clock.today()
        listing.reason, listing.updated_at = reasons[listing.patent_id][:MAX_REASON], now
    Listing.objects.bulk_update(listings, ["state", "ended_on", "reason", "updated_at"])
    empty = {"maturity": None, "transfer_way": "", "price_amount": None, "updated_at": now}
    Patent.objects.filter(pk__in=[listing.patent_id for listing in listings]).update(**empty)
    _tell_ended(listings)
    return len(listings)


def _tell_ended(listings: Sequence[Listing]) -> None:
    facts = [(one, {"listing_id": one.pk, "expires_on": str(one.expires_on or "")}) for one in listings]
    record_many(
        by=None,
        verb=str(ListingState.REMOVED.label),
        acts=[(one.patent, told | {"reason": one.reason}) for one, told in facts],
    )
    publish_many(
        "patents.listing.ended",
        [(f"patent:{one.patent_id}", {"patent_number": one.patent.address, **told}) for one, told in facts],
    )
    notify_many(
        kind="listing",
        messages=[
            Message(
                one.organisation,
                f"专利 {one.patent.display_number} 已移出运营库",
                one.reason,
                f"/patents/{one.patent.address}/",
            )
            for one in listings
            if one.organisation is not None
        ],
    )


@transaction.atomic
def record_agreement(*, party_id: int, by: User, agreed_on: dt.date, agreement: str) -> PatentParty:
    """Record a co-owner's consent to the listing, with the written agreement it rests on.

    Whoever offers the patent may record it, and the co-owner itself where it is registered here.
    """
    party = PatentParty.objects.filter(pk=party_id).select_related("patent").first()
    allowed = party is not None and (
        Patent.objects.editable_by(by).filter(pk=party.patent_id).exists()
        or (by.organisation_id is not None and party.organisation_id == by.organisation_id)
    )
    if party is None or not allowed:
        raise PatentParty.DoesNotExist
    check_agreement(agreed_on=agreed_on, today=clock.today())
    if not agreement.strip():
        raise Invalid("请写明共有人同意的书面依据。", field="agreement")
    party.agreed_on, party.agreement = agreed_on, agreement.strip()[:MAX_REASON]
    party.save(update_fields=["agreed_on", "agreement"])
    record(by=by, verb="登记共有人同意", target=party.patent, name=party.name, agreed_on=str(agreed_on))
    return party


def copy_to_patent(patent: Patent, listing: Listing | None) -> None:
    """Keep the search's copy of the listing in the pool; None when there is none."""
    patent.maturity = listing.maturity if listing else None
    patent.transfer_way = listing.transfer_ways[0] if listing and listing.transfer_ways else ""
    patent.price_amount = listing.price_low_amount if listing else None
    patent.save(update_fields=[*_COPIES, "updated_at"])


def _locked_patent(patent_id: int, by: User) -> Patent:
    rows = Patent.objects.editable_by(by).select_for_update(of=("self",))
    return rows.select_related("holder").get(pk=patent_id)


def _locked(listing_id: int, by: User) -> tuple[Listing, Patent]:
    """The patent first, then its listing: every service locks in this order."""
    patent_id = Listing.objects.values_list("patent_id", flat=True).get(pk=listing_id)
    patent = _locked_patent(patent_id, by)
    listing = Listing.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=listing_id)
    _require_same(listing, patent, by)
    return listing, patent


def _offering(patent: Patent, by: User) -> Organisation | None:
    """Whose offer it is: the holder's own; an official makes one in the name of the patent's holder."""
    return by.organisation if by.role == Role.HOLDER else patent.holder


def _require_same(listing: Listing, patent: Patent, by: User) -> None:
    if by.role == Role.HOLDER and listing.organisation_id not in (None, by.organisation_id):
        raise Conflict(
            f"该专利已由“{listing.organisation}”提供，同一专利不能由两家单位同时入库。", code="offered_twice"
        )
    if listing.organisation_id is None:
        listing.organisation = _offering(patent, by)


def _require_entry(patent: Patent, listing: Listing) -> None:
    reasons = reasons_against_entry(patent, owners_of(patent), listing.organisation)
    if reasons:
        raise Invalid("".join(reasons), code="entry_refused")


def _run_from(listing: Listing, day: dt.date) -> None:
    listing.expires_on = add_months(day, listing_rule(clock.today()).months)


def _end(listing: Listing, patent: Patent, state: ListingState, *, by: User | None, reason: str) -> Listing:
    if not reason.strip():
        raise Invalid("请填写理由。", field="reason")
    listing.ended_on, listing.reason = clock.today(), reason.strip()[:MAX_REASON]
    ended = _moved(listing, state, by=by, verb=str(state.label), name="patents.listing.ended")
    copy_to_patent(patent, None)
    return ended


def _moved(listing: Listing, state: ListingState, *, by: User | None, verb: str, name: str) -> Listing:
    listing.state = state
    listing.save()
    facts: dict[str, Any] = {"listing_id": listing.pk, "expires_on": str(listing.expires_on or "")}
    record(by=by, verb=verb, target=listing.patent, note=listing.reason, **facts)
    publish(name, key=f"patent:{listing.patent_id}", patent_number=listing.patent.address, **facts)
    return listing


def _tell(listing: Listing, patent: Patent, title: str, body: str) -> None:
    if listing.organisation is not None:
        link = f"/patents/{patent.address}/"
        notify(recipient=listing.organisation, kind="listing", title=title, body=body, link=link)


def _values(listing: Listing) -> dict[str, str]:
    return {name: str(getattr(listing, name)) for name in OFFER_FIELDS}
