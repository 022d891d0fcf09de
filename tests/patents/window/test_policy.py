import datetime as dt
import json

import pytest

from patents.loading import RULES
from patents.policy.window import (
    CaseFacts,
    Requirement,
    allowed_days,
    days_used,
    green_ground,
    missing_documents,
    required_documents,
)

PARAMETERS = json.loads((RULES / "window.json").read_text())[0]["parameters"]
D = dt.date


def facts(**changes):
    return CaseFacts(**{"kind": "pledge", "channel": "online"} | changes)


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        (facts(), ["application_form", "contract", "identity"]),
        (facts(has_agent=True), ["application_form", "contract", "identity", "agency_power"]),
        (
            facts(has_valuation=True, is_co_owned=True),
            ["application_form", "contract", "identity", "valuation", "co_owner_consent"],
        ),
        # A second pledge is refused, so a pledge asks no consent of a pledgee.
        (facts(is_pledged=True), ["application_form", "contract", "identity"]),
        (facts(kind="transfer", is_pledged=True), ["application_form", "contract", "identity", "pledgee_consent"]),
        (facts(kind="licence", is_co_owned=True), ["application_form", "contract", "identity", "co_owner_consent"]),
    ],
)
def test_documents_follow_the_facts(given, codes):
    assert [one.code for one in required_documents(PARAMETERS, given)] == codes


def test_missing_documents_are_those_nothing_was_given_for():
    required = [Requirement("contract", "合同"), Requirement("identity", "身份证明")]

    assert missing_documents(required, ["contract", "other"]) == [Requirement("identity", "身份证明")]


@pytest.mark.parametrize(
    ("given", "ground"),
    [
        (facts(is_applicant_sme=True), "sme_pledge"),
        (facts(), ""),
        (facts(kind="transfer", is_applicant_sme=True), ""),
        (facts(kind="transfer", is_applicant_public=True, is_counterpart_sme=True), "public_to_sme"),
        (facts(kind="licence", is_applicant_public=True), ""),
        (facts(is_applicant_public=True, is_counterpart_sme=True), ""),
    ],
)
def test_green_channel_has_a_ground(given, ground):
    assert green_ground(PARAMETERS, given) == ground


@pytest.mark.parametrize(
    ("kind", "channel", "is_green", "days"),
    [("pledge", "online", False, 3), ("pledge", "paper", False, 5), ("pledge", "paper", True, 2)],
)
def test_allowed_days(kind, channel, is_green, days):
    assert allowed_days(PARAMETERS, kind=kind, channel=channel, is_green=is_green) == days


@pytest.mark.parametrize(
    ("moves", "today", "used"),
    [
        ([], D(2024, 6, 12), 0),
        ([("submitted", D(2024, 6, 12))], D(2024, 6, 17), 3),
        # The correction, a week long, does not count.
        (
            [
                ("submitted", D(2024, 6, 12)),
                ("returned", D(2024, 6, 13)),
                ("submitted", D(2024, 6, 20)),
                ("accepted", D(2024, 6, 21)),
            ],
            D(2024, 6, 24),
            3,
        ),
        # Nor does what the office does after the hand-over.
        (
            [("submitted", D(2024, 6, 12)), ("accepted", D(2024, 6, 13)), ("handed_over", D(2024, 6, 14))],
            D(2024, 7, 30),
            2,
        ),
    ],
)
def test_clock_runs_only_while_the_agency_has_the_case(moves, today, used):
    assert days_used(moves, today) == used
