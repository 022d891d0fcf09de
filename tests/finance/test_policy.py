import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from finance.enums import Outcome
from finance.policy.products import ProductTerms, ProjectFacts, reasons_against
from finance.policy.screening import REFUSAL_GROUNDS, PatentFacts, failed, screen

PROJECT = ProjectFacts(Decimal(3_000_000), 12, "370900", "small")
TERMS = ProductTerms(Decimal(3_000_000), Decimal(3_000_000), 12, [], [])
SOUND = PatentFacts(
    number="201710601862.3", kind="invention", legal_status="valid", filed_on=dt.date(2017, 7, 21),
    granted_on=dt.date(2019, 5, 1), is_pledgors=True, co_owners=(), overlays=frozenset(), fees_are_known=True, last_event_on=dt.date(2026, 3, 2),
    held_by="", same_day_invention="",
)  # fmt: skip
DEBT_ENDS = dt.date(2027, 3, 31)


def outcome_of(ground, patent, debt_ends_on=DEBT_ENDS):
    return next(f.outcome for f in screen([patent], debt_ends_on=debt_ends_on) if f.ground == ground)


def test_a_product_fits_at_its_limits():
    assert reasons_against(PROJECT, TERMS) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"min_amount": Decimal("3000000.01")}, "融资金额低于该产品最低额度 300.00 万元"),
        ({"max_amount": Decimal("2999999.99")}, "融资金额高于该产品最高额度 300.00 万元"),
        ({"max_term_months": 11}, "期限超过该产品最长 11 个月"),
        ({"cities": ["370100"]}, "该产品不在企业所在市开办"),
        ({"size_classes": ["micro"]}, "该产品不面向小型企业"),
    ],
)
def test_a_product_that_does_not_fit_says_why(change, reason):
    assert reasons_against(PROJECT, replace(TERMS, **change)) == [reason]


def test_every_reason_is_told_at_once():
    terms = replace(TERMS, max_amount=Decimal(1), max_term_months=1, cities=["370100"])

    assert len(reasons_against(PROJECT, terms)) == 3


def test_all_twelve_grounds_are_looked_at_on_every_patent():
    findings = screen([SOUND, SOUND], debt_ends_on=DEBT_ENDS)

    assert [finding.ground for finding in findings] == [ground for ground in REFUSAL_GROUNDS for _ in range(2)]
    assert len(REFUSAL_GROUNDS) == 12


def test_a_sound_patent_fails_nothing_and_leaves_to_people_what_the_pool_cannot_know():
    findings = screen([SOUND], debt_ends_on=DEBT_ENDS)

    assert failed(findings) == []
    by_hand = {finding.ground for finding in findings if finding.outcome == Outcome.NOT_CHECKABLE}
    assert by_hand == {"contract_incomplete", "other"}


@pytest.mark.parametrize(
    ("ground", "change", "outcome"),
    [
        ("not_registered_owner", {"is_pledgors": False}, Outcome.FAILED),
        ("right_ended", {"legal_status": "lapsed_unpaid"}, Outcome.FAILED),
        ("right_ended", {"legal_status": "expired"}, Outcome.FAILED),
        ("right_ended", {"legal_status": "abandoned"}, Outcome.FAILED),
        ("right_ended", {"legal_status": "invalid_whole"}, Outcome.FAILED),
        ("right_ended", {"legal_status": "unknown"}, Outcome.NOT_CHECKABLE),
        ("not_granted", {"legal_status": "published"}, Outcome.FAILED),
        ("not_granted", {"legal_status": "refused"}, Outcome.FAILED),
        ("not_granted", {"legal_status": "unknown", "granted_on": None}, Outcome.NOT_CHECKABLE),
        ("not_granted", {"granted_on": None}, Outcome.PASSED),
        ("fee_unpaid", {"legal_status": "valid_fee_grace"}, Outcome.FAILED),
        ("fee_unpaid", {"legal_status": "unknown"}, Outcome.NOT_CHECKABLE),
        ("term_beyond_patent", {"kind": "utility_model", "filed_on": dt.date(2017, 3, 31)}, Outcome.FAILED),
        ("term_beyond_patent", {"kind": "utility_model", "filed_on": dt.date(2017, 4, 1)}, Outcome.PASSED),
        ("term_beyond_patent", {"filed_on": None}, Outcome.NOT_CHECKABLE),
        ("co_owner_consent", {"co_owners": ("共有公司",)}, Outcome.NOT_CHECKABLE),
        ("fee_unpaid", {"fees_are_known": False}, Outcome.PASSED),
        ("procedure_suspended", {"overlays": frozenset({"frozen"})}, Outcome.FAILED),
        ("procedure_suspended", {"overlays": frozenset({"ownership_dispute"})}, Outcome.FAILED),
        ("procedure_suspended", {"last_event_on": None}, Outcome.NOT_CHECKABLE),
        ("already_pledged", {"overlays": frozenset({"pledged"})}, Outcome.FAILED),
        ("invalidation_pending", {"overlays": frozenset({"invalidation_pending"})}, Outcome.NOT_CHECKABLE),
        ("invalidation_pending", {"last_event_on": None}, Outcome.NOT_CHECKABLE),
        ("already_pledged", {"held_by": "RZ2026-000001"}, Outcome.FAILED),
        ("same_day_invention", {"kind": "utility_model"}, Outcome.PASSED),
        ("same_day_invention", {"kind": "utility_model", "same_day_invention": "201710601862"}, Outcome.NOT_CHECKABLE),
    ],
)
def test_ground_is_judged_by_its_fact(ground, change, outcome):
    assert outcome_of(ground, replace(SOUND, **change)) == outcome
