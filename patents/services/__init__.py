"""Verbs that write, a file per part."""

from patents.services.acceptances import accept_open_licence, chase_records, confirm_payment, record_acceptance
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
from patents.services.pool import update_listing

__all__ = [
    "accept_open_licence",
    "chase_records",
    "confirm_payment",
    "draft_open_licence",
    "publish_open_licence",
    "record_acceptance",
    "record_cnipa_step",
    "return_open_licence",
    "set_obstacle",
    "state_encumbrances",
    "submit_open_licence",
    "update_listing",
    "update_open_licence",
    "withdraw_open_licence",
]
