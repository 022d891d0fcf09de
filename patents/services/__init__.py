"""Verbs that write, a file per part."""

from patents.services.acceptances import accept_open_licence, chase_records, confirm_payment, record_acceptance
from patents.services.legal import record_event, record_events
from patents.services.legal_voiding import void_event
from patents.services.licences import (
    draft_open_licence,
    publish_open_licence,
    record_cnipa_step,
    return_open_licence,
    set_obstacle,
    state_encumbrances,
    submit_open_licence,
    update_open_licence,
    withdraw_open_licence,
)
from patents.services.listing import (
    end_open_listings,
    enter_pool,
    expire_listing,
    record_agreement,
    remove_listing,
    renew_listing,
    save_offer,
    withdraw_listing,
)

__all__ = [
    "accept_open_licence",
    "chase_records",
    "confirm_payment",
    "draft_open_licence",
    "end_open_listings",
    "enter_pool",
    "expire_listing",
    "publish_open_licence",
    "record_acceptance",
    "record_agreement",
    "record_cnipa_step",
    "record_event",
    "record_events",
    "remove_listing",
    "renew_listing",
    "return_open_licence",
    "save_offer",
    "set_obstacle",
    "state_encumbrances",
    "submit_open_licence",
    "update_open_licence",
    "void_event",
    "withdraw_listing",
    "withdraw_open_licence",
]
