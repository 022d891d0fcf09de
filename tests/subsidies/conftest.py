import json

import pytest

from subsidies import loading
from subsidies.policy import PublishedRate, Version, compute
from tests.factories.policy import load_shipped


@pytest.fixture
def shipped(db):
    load_shipped()


@pytest.fixture(scope="session")
def versions():
    """The shipped versions without a database: code -> Version."""
    import datetime as dt

    def day(text):
        return dt.date.fromisoformat(text) if text else None

    rows = [row for path in loading.RULES for row in json.loads(path.read_text(encoding="utf-8"))]
    return {
        row["code"]: Version(row["code"], row["parameters"], day(row["in_force_from"]), day(row["in_force_to"]))
        for row in rows
    }


@pytest.fixture(scope="session")
def rates():
    rows = [loading._read(loading.Facts(row)) for row in loading._list(loading.LPR)]
    return {"lpr_1y": [PublishedRate(row["published_on"], row["known_until"], row["rate"]) for row in rows]}


@pytest.fixture(scope="session")
def outcome(versions, rates):
    """Amount as text, `refused:CODES`, or the readings: the shape of the shared expected.json."""

    def run(facts, rule=None):
        result = compute(versions[rule or facts["rule"]], facts, rates).as_json()
        if result["refusals"]:
            assert (result["amount"], result["payable"], result["lines"]) == ("0.00", False, [])
            return "refused:" + ",".join(refusal["code"] for refusal in result["refusals"])
        if "readings" in result:
            assert (result["amount"], result["payable"]) == (None, False)
            return result["readings"]
        return result["amount"]

    return run
