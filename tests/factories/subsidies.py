"""Facts in the form of `compute_subsidy`, and calculations made by the services."""

from copy import deepcopy

INTEREST_FACTS = {
    "rule": "QD-2024",
    "claimant": {
        "uscc": "91370200163562681G",
        "size_class": "small",
        "city": "370200",
        "independent_legal_person": True,
    },
    "loan": {
        "contract_date": "2024-06-12",
        "drawn_on": "2024-06-20",
        "pledge_registered_on": "2024-06-17",
        "principal": "5000000.00",
        "actual_rate": "0.0420",
        "pledge_share": "1",
        "borrower_owns_patents": True,
        "first_time_pledge": True,
        "repaid_as_agreed": True,
        "interest_paid": "212916.67",
        "balances": [{"from": "2024-06-20", "to": "2025-06-20", "principal": "5000000.00"}],
    },
    "declaration_year": 2025,
    "granted_this_year": "0.00",
    "other_interest_subsidies": [],
}


def interest_facts(claimant=None, loan=None, balances=None, **top):
    """The worked example with some facts changed; `balances` as (from, to, principal[, in_default])."""
    facts = deepcopy(INTEREST_FACTS) | top
    facts["claimant"] |= claimant or {}
    facts["loan"] |= loan or {}
    if balances is not None:
        names = ("from", "to", "principal", "in_default")
        facts["loan"]["balances"] = [dict(zip(names, balance, strict=False)) for balance in balances]
    return facts
