"""One set of facts for each formula: what a drafted version is tried on before anybody approves it."""

from typing import Any

_FIRM = {"uscc": "91370200163562681G", "size_class": "small", "independent_legal_person": True}
_LOAN = {
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
}


def sample_facts(city: str, grade: str) -> dict[str, Any]:
    """Facts that every formula can read, of a firm of `city` with an award of `grade`."""
    return {
        "claimant": _FIRM | {"city": city},
        "loan": _LOAN,
        "declaration_year": 2025,
        "granted_this_year": "0.00",
        "other_interest_subsidies": [],
        "years_granted": 0,
        "premium": {"kind": "enforcement", "paid": "100000.00", "uplift": False},
        "fee": {"paid": "80000.00"},
        "loss": {"principal_loss": "1000000.00"},
        "grant": {"requested": "350000.00"},
        "award": {"grade": grade},
    }
