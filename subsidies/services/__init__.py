"""Verbs of subsidies, a file per part."""

from subsidies.services.awards import decide_double_award
from subsidies.services.budgets import approve_claim, save_budget, settle_budget
from subsidies.services.calculations import calculate_interest
from subsidies.services.claims import compute_again, compute_claim, find_award_claim, find_grant_claims
from subsidies.services.confirming import (
    Account,
    Application,
    attach_document,
    confirm_claim,
    save_application,
    withdraw_claim,
)
from subsidies.services.disputes import (
    bar_organisation,
    claw_back,
    correct,
    record_recovery,
    request_reexamination,
    uphold,
)
from subsidies.services.ledger import decide_double, match_payments
from subsidies.services.navigation import NavigationSupport, find_navigation_claim, renew_navigation_rule
from subsidies.services.payments import create_batch, export_batch, fill_batch, read_receipt
from subsidies.services.publicity import answer_objection, end_publicity, object_to, publish_claim
from subsidies.services.rates import add_rate
from subsidies.services.review import (
    comment,
    draw_sample,
    lapse_returned,
    pass_claim,
    record_site_check,
    recuse,
    refuse_claim,
    return_claim,
)
from subsidies.services.rounds import close_round, open_round, save_round
from subsidies.services.rule_versions import approve_version, save_draft

__all__ = [
    "Account",
    "Application",
    "NavigationSupport",
    "add_rate",
    "answer_objection",
    "approve_claim",
    "approve_version",
    "attach_document",
    "bar_organisation",
    "calculate_interest",
    "claw_back",
    "close_round",
    "comment",
    "compute_again",
    "compute_claim",
    "confirm_claim",
    "correct",
    "create_batch",
    "decide_double",
    "decide_double_award",
    "draw_sample",
    "end_publicity",
    "export_batch",
    "fill_batch",
    "find_award_claim",
    "find_grant_claims",
    "find_navigation_claim",
    "lapse_returned",
    "match_payments",
    "object_to",
    "open_round",
    "pass_claim",
    "publish_claim",
    "read_receipt",
    "record_recovery",
    "record_site_check",
    "recuse",
    "refuse_claim",
    "renew_navigation_rule",
    "request_reexamination",
    "return_claim",
    "save_application",
    "save_budget",
    "save_draft",
    "save_round",
    "settle_budget",
    "uphold",
    "withdraw_claim",
]
