"""Verbs of needs, a file per part."""

from demand.services.advisers import arrange_adviser, ask_adviser
from demand.services.demands import (
    confirm_change,
    create_demand,
    publish_demand,
    return_demand,
    submit_demand,
    update_demand,
    withdraw_demand,
)
from demand.services.interests import (
    accept_interest,
    answer_need,
    ask_for_patent,
    assign_adviser,
    refuse_interest,
    release_secrets,
    withdraw_interest,
)
from demand.services.matching import match_demand, match_waiting, rematch_published
from demand.services.refusals import handle_maturity, refuse_match
from demand.services.terms import close_demand, expire_due, renew_demand

__all__ = [
    "accept_interest",
    "answer_need",
    "arrange_adviser",
    "ask_adviser",
    "ask_for_patent",
    "assign_adviser",
    "close_demand",
    "confirm_change",
    "create_demand",
    "expire_due",
    "handle_maturity",
    "match_demand",
    "match_waiting",
    "publish_demand",
    "refuse_interest",
    "refuse_match",
    "release_secrets",
    "rematch_published",
    "renew_demand",
    "return_demand",
    "submit_demand",
    "update_demand",
    "withdraw_demand",
    "withdraw_interest",
]
