"""Speed and memory of proving every stored result anew."""

import datetime as dt
import resource
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

from django.conf import settings

from portal.bench import Row, benchmark, seconds
from portal.policy.models import RuleVersion
from subsidies.enums import CalculationPurpose
from subsidies.models import Calculation
from subsidies.policy import compute
from subsidies.queries.rules import newest_rate_id, rate_book, version_of

CLAIMS = 100_000
BATCH = 5_000
SEED = 370_000
KIBIBYTES_PER_MEGABYTE = 1024
RULES = ("QD-2024", "SD-PLAN-2021-INTEREST", "SD-2024-92")
_FIRST_CONTRACT = dt.date(2024, 1, 2)


@benchmark("recompute", "recompute_memory")
def recompute() -> Iterator[Row]:
    """`manage.py recompute --all` on 100,000 stored interest claims, in a process of its own."""
    _fill()
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "recompute", "--all"]
    taken = seconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
    # Of all children that have ended; the largest of them is this one.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / KIBIBYTES_PER_MEGABYTE
    yield Row.measured("recompute", taken, "s", at_most=120)
    yield Row.measured("recompute_memory", peak, "MB", at_most=500)


def _fill() -> None:
    chance, rates, until = Random(SEED), rate_book(), newest_rate_id()
    rules = {rule.code: rule for rule in RuleVersion.objects.filter(code__in=RULES)}
    versions = {code: version_of(rule) for code, rule in rules.items()}
    for _ in range(CLAIMS // BATCH):
        rows = []
        for _ in range(BATCH):
            facts = _facts(chance)
            result = compute(versions[facts["rule"]], facts, rates)
            rows.append(
                Calculation(
                    rule=rules[facts["rule"]],
                    purpose=CalculationPurpose.CLAIM,
                    facts=facts,
                    result=result.as_json(),
                    amount=result.amount,
                    is_payable=result.payable,
                    rates_until=until,
                )
            )
        Calculation.objects.bulk_create(rows)


def _facts(chance: Random) -> dict[str, Any]:
    """One loan with two to five stretches of falling principal."""
    contract = _FIRST_CONTRACT + dt.timedelta(days=chance.randrange(500))
    drawn = contract + dt.timedelta(days=8)
    principal = Decimal(chance.randrange(100, 3000) * 10_000)
    balances, first = [], drawn
    for part in range(chance.randint(2, 5)):
        last = first + dt.timedelta(days=chance.randint(30, 92))
        balances.append({"from": str(first), "to": str(last), "principal": f"{principal * (10 - part) / 10:.2f}"})
        first = last
    return {
        "rule": chance.choice(RULES),
        "claimant": {
            "uscc": "91370200163562681G",
            "size_class": chance.choice(("medium", "small", "micro", "large")),
            "city": "370200",
            "independent_legal_person": True,
        },
        "loan": {
            "contract_date": str(contract),
            "drawn_on": str(drawn),
            "pledge_registered_on": str(contract + dt.timedelta(days=3)),
            "principal": f"{principal:.2f}",
            "actual_rate": "0.0420",
            "pledge_share": chance.choice(("1", "0.4", "0.333333")),
            "borrower_owns_patents": True,
            "first_time_pledge": True,
            "repaid_as_agreed": True,
            "interest_paid": f"{principal / 25:.2f}",
            "balances": balances,
        },
        "declaration_year": first.year,
        "granted_this_year": "0.00",
        "other_interest_subsidies": [],
    }
