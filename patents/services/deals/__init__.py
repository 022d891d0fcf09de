"""Verbs of deals: the enquiry and talks, the contract and its record, money, and its way to the inventors."""

from patents.services.deals.chasing import chase_deals
from patents.services.deals.contracts import (
    add_consent,
    confirm_contract,
    record_deal,
    register_technical_contract,
    sign_contract,
)
from patents.services.deals.documents import add_document, open_document
from patents.services.deals.endings import close_deal, end_deal
from patents.services.deals.enquiries import answer_enquiry, chase_unanswered, enquire, post_message, start_talks
from patents.services.deals.income import (
    confirm_worksheet,
    draft_worksheet,
    pay_out,
    reverse_payout,
    set_share_rule,
    void_worksheet,
)
from patents.services.deals.money import record_money, reverse_money
from patents.services.deals.publicity import (
    handle_objection,
    record_objection,
    start_publicity,
    withdraw_publicity,
)
from patents.services.deals.supplements import (
    confirm_supplement,
    propose_supplement,
    refuse_supplement,
    withdraw_supplement,
)

__all__ = [
    "add_consent",
    "add_document",
    "answer_enquiry",
    "chase_deals",
    "chase_unanswered",
    "close_deal",
    "confirm_contract",
    "confirm_supplement",
    "confirm_worksheet",
    "draft_worksheet",
    "end_deal",
    "enquire",
    "handle_objection",
    "open_document",
    "pay_out",
    "post_message",
    "propose_supplement",
    "record_deal",
    "record_money",
    "record_objection",
    "refuse_supplement",
    "register_technical_contract",
    "reverse_money",
    "reverse_payout",
    "set_share_rule",
    "sign_contract",
    "start_publicity",
    "start_talks",
    "void_worksheet",
    "withdraw_publicity",
    "withdraw_supplement",
]
