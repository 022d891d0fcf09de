"""What stands against a contract, judged on plain facts: a table of the conditions of each kind."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from patents.policy.deals import (
    Overlays,
    PatentFacts,
    PublicityFacts,
    RunningLicence,
    TermsFacts,
    findings,
)

DAY = dt.date(2026, 3, 20)
PATENT = PatentFacts(
    number="201710601862.3",
    is_in_force=True,
    is_in_grace=False,
    status_label="有效",
    filed_on=dt.date(2017, 7, 21),
    last_day=dt.date(2037, 7, 20),
    is_held_by_giver=True,
    missing_co_owners=(),
    has_pledgee_consent=False,
    overlays=Overlays(),
)
TERMS = TermsFacts(
    kind="transfer",
    signed_on=DAY,
    valid_to=None,
    price_way="agreement",
    value_amount=Decimal(300_000),
    valuation_amount=None,
    has_valuation_document=False,
    publicity=PublicityFacts(is_required=False),
)
PUBLISHED = PublicityFacts(
    is_required=True, article="第十四条", ends_on=dt.date(2026, 3, 19), price_amount=Decimal(300_000)
)
TERM = dt.date(2029, 3, 19)


def codes(terms, patent=PATENT):
    return [(finding.code, finding.level.value) for finding in findings(terms, [patent])]


def licence(kind, until=TERM):
    return replace(PATENT, overlays=Overlays(licences=(RunningLicence(kind, "交易 JY2026-000001", until),)))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"is_in_force": False, "status_label": "未缴年费终止"}, [("not_in_force", "blocking")]),
        ({"is_in_grace": True}, [("fee_grace", "warning")]),
        ({"last_day": dt.date(2026, 3, 19)}, [("expired", "blocking")]),
        ({"filed_on": dt.date(2026, 3, 21)}, [("before_filing", "blocking")]),
        ({"is_held_by_giver": False}, [("not_owner", "blocking")]),
        ({"missing_co_owners": ("某大学",)}, [("co_owner", "blocking")]),
        ({"overlays": Overlays(pledgees=("某银行",))}, [("pledged", "blocking")]),
        ({"overlays": Overlays(pledgees=("某银行",)), "has_pledgee_consent": True}, []),
        ({"overlays": Overlays(is_frozen=True)}, [("frozen", "blocking")]),
        ({"overlays": Overlays(is_disputed=True)}, [("disputed", "blocking")]),
        ({"overlays": Overlays(is_invalidation_pending=True)}, [("invalidation_pending", "warning")]),
        ({"overlays": Overlays(given_away_by=("JY2026-000002",))}, [("given_away", "blocking")]),
    ],
)
def test_state_of_the_right(change, found):
    assert codes(TERMS, replace(PATENT, **change)) == found


@pytest.mark.parametrize(
    ("running", "wanted", "found"),
    [
        ("exclusive", "exclusive", [("licence_conflict", "blocking")]),
        ("exclusive", "ordinary", [("licence_conflict", "blocking")]),
        ("sole", "open_licence", [("licence_conflict", "blocking")]),
        ("ordinary", "exclusive", [("licence_conflict", "blocking")]),
        ("ordinary", "sole", [("licence_conflict", "blocking")]),
        ("ordinary", "ordinary", []),
        ("open_licence", "ordinary", []),
        ("exclusive", "transfer", [("licence_goes_on", "warning")]),
        ("ordinary", "investment", [("licence_goes_on", "warning")]),
    ],
)
def test_a_running_licence_against_a_new_deal(running, wanted, found):
    terms = replace(TERMS, kind=wanted, valid_to=TERM if wanted not in ("transfer", "investment") else None)

    assert codes(terms, licence(running)) == found


def test_a_licence_that_is_over_stands_against_nothing():
    terms = replace(TERMS, kind="exclusive", valid_to=TERM)

    assert codes(terms, licence("exclusive", dt.date(2026, 3, 19))) == []
    assert codes(terms, licence("exclusive", DAY)) == [("licence_conflict", "blocking")]


@pytest.mark.parametrize(
    ("kind", "found"), [("exclusive", ["open_licence"]), ("sole", ["open_licence"]), ("ordinary", [])]
)
def test_an_open_licence_forbids_exclusive_and_sole(kind, found):
    terms = replace(TERMS, kind=kind, valid_to=TERM)

    assert [code for code, _ in codes(terms, replace(PATENT, overlays=Overlays(is_open_licence=True)))] == found


@pytest.mark.parametrize(
    ("valid_to", "found"),
    [
        (None, ["no_term"]),
        (dt.date(2037, 7, 20), []),
        (dt.date(2037, 7, 21), ["term_beyond_right"]),
    ],
)
def test_a_licence_ends_with_the_right_at_the_latest(valid_to, found):
    assert [code for code, _ in codes(replace(TERMS, kind="ordinary", valid_to=valid_to))] == found


@pytest.mark.parametrize(
    ("kind", "level"),
    [("ordinary", "warning"), ("exclusive", "blocking"), ("transfer", "blocking"), ("investment", "blocking")],
)
def test_a_co_owner_must_agree_but_for_an_ordinary_licence(kind, level):
    terms = replace(TERMS, kind=kind, valid_to=None if kind in ("transfer", "investment") else TERM)

    assert codes(terms, replace(PATENT, missing_co_owners=("某大学",))) == [("co_owner", level)]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"value_amount": None}, ["investment_price", "investment_valuation"]),
        ({"price_way": "auction"}, ["investment_valuation"]),
        ({"price_way": "auction", "has_valuation_document": True}, []),
    ],
)
def test_investment_needs_a_valuation_or_an_agreed_price(change, found):
    assert [code for code, _ in codes(replace(TERMS, kind="investment", **change))] == found


@pytest.mark.parametrize(
    ("publicity", "price_way", "found"),
    [
        (PUBLISHED, "agreement", []),
        (PublicityFacts(is_required=True), "agreement", ["publicity_missing"]),
        (PublicityFacts(is_required=True), "listing", []),
        (PublicityFacts(is_required=True), "auction", []),
        (replace(PUBLISHED, ends_on=DAY), "agreement", ["publicity_running"]),
        (replace(PUBLISHED, open_objections=1), "agreement", ["objection_open"]),
        (replace(PUBLISHED, upheld_objections=1), "agreement", ["objection_upheld"]),
        (replace(PUBLISHED, price_amount=Decimal(1)), "agreement", ["publicity_price"]),
    ],
)
def test_an_agreed_price_is_public_before_it_is_signed(publicity, price_way, found):
    terms = replace(TERMS, publicity=publicity, price_way=price_way)

    assert [code for code, _ in codes(terms)] == found
