"""Verbs of the project pool: the firm's and the city's (`projects`), the institutions' (`answers`, `loans`)."""

from finance.services.answers import record_answer
from finance.services.clocks import chase_unanswered, complain, reply_to_complaint
from finance.services.collateral import acknowledge_alert, record_valuation, review_cover, review_event
from finance.services.consent import share_with, withdraw_from
from finance.services.documents import attach_paper, link_to, open_link, remove_paper
from finance.services.funds import (
    FundFacts,
    MeetingFacts,
    Movement,
    exit_investment,
    found_fund,
    invest,
    move_fund_money,
    record_bank_meeting,
)
from finance.services.loans import record_entry
from finance.services.pledges import (
    PledgeFacts,
    announce_pledge,
    ask_pledge_correction,
    attach_pledge_paper,
    resubmit_pledge,
    revoke_pledge,
    submit_pledge,
)
from finance.services.pool import lapse_ended, prolong_project, renew_loan
from finance.services.projects import (
    admit_project,
    close_project,
    create_project,
    push_project,
    return_project,
    submit_project,
    update_project,
)
from finance.services.reconciliation import close_difference, take_statement
from finance.services.risk import (
    approve_loss,
    attach_evidence,
    find_loss,
    open_pool,
    pay_into_pool,
    pay_loss,
    record_loss_recovery,
    refuse_loss,
)
from finance.services.surveys import (
    CreditFacts,
    VisitFacts,
    answer_questionnaire,
    close_questionnaire,
    open_questionnaire,
    record_credit_fact,
    record_visit,
    save_questionnaire,
)

__all__ = [
    "CreditFacts",
    "FundFacts",
    "MeetingFacts",
    "Movement",
    "PledgeFacts",
    "VisitFacts",
    "acknowledge_alert",
    "admit_project",
    "announce_pledge",
    "answer_questionnaire",
    "approve_loss",
    "ask_pledge_correction",
    "attach_evidence",
    "attach_paper",
    "attach_pledge_paper",
    "chase_unanswered",
    "close_difference",
    "close_project",
    "close_questionnaire",
    "complain",
    "create_project",
    "exit_investment",
    "find_loss",
    "found_fund",
    "invest",
    "lapse_ended",
    "link_to",
    "move_fund_money",
    "open_link",
    "open_pool",
    "open_questionnaire",
    "pay_into_pool",
    "pay_loss",
    "prolong_project",
    "push_project",
    "record_answer",
    "record_bank_meeting",
    "record_credit_fact",
    "record_entry",
    "record_loss_recovery",
    "record_valuation",
    "record_visit",
    "refuse_loss",
    "remove_paper",
    "renew_loan",
    "reply_to_complaint",
    "resubmit_pledge",
    "return_project",
    "review_cover",
    "review_event",
    "revoke_pledge",
    "save_questionnaire",
    "share_with",
    "submit_pledge",
    "submit_project",
    "take_statement",
    "update_project",
    "withdraw_from",
]
