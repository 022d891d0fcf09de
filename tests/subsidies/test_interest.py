"""Worked cases of the interest subsidy; each amount was worked out apart from the code, by the formula beside it."""

import datetime as dt
import json

import pytest

from subsidies.policy import Version, compute
from tests.factories.subsidies import interest_facts
from tests.real_data import shared_file

LEAP = ("2023-06-20", "2024-06-20", "5000000.00")  # 366 days
YEAR = ("2024-06-20", "2025-06-20", "5000000.00")  # 365 days


@pytest.mark.parametrize("name", ["lpr_base", "part_pledge_two_balances", "large_firm", "base_not_stated"])
def test_shared_example(name, outcome):
    facts = json.loads(shared_file(f"subsidy/{name}.json").read_text(encoding="utf-8"))
    expected = json.loads(shared_file("subsidy/expected.json").read_text(encoding="utf-8"))[name]

    assert outcome(facts) == expected


@pytest.mark.parametrize(
    ("contract", "rate_times_1_000_000"),
    [
        # 1,000,000 yuan x 360 days / 360 x 60% = 600,000 x the rate
        ("2019-09-01", "25500.00"),  # 4.25, the first value, published 2019-08-20
        ("2019-10-15", "25200.00"),  # 4.20
        ("2020-02-28", "24900.00"),  # 4.15: the value of 2020-02-20 is not of the month before
        ("2020-03-01", "24300.00"),  # 4.05
        ("2020-05-06", "23100.00"),  # 3.85
        ("2021-12-31", "23100.00"),  # 3.85, published in the contract's own month does not count
        ("2022-01-04", "22800.00"),  # 3.80
        ("2022-08-30", "22200.00"),  # 3.70, not 3.65: the official test of the lookup
        ("2022-09-01", "21900.00"),  # 3.65
        ("2023-07-01", "21300.00"),  # 3.55
        ("2023-08-31", "21300.00"),  # 3.55
        ("2023-09-01", "20700.00"),  # 3.45
        ("2024-07-31", "20700.00"),  # 3.45
        ("2024-08-01", "20100.00"),  # 3.35
        ("2024-11-01", "18600.00"),  # 3.10
        ("2025-05-31", "18600.00"),  # 3.10
        ("2025-06-01", "18000.00"),  # 3.00
        ("2025-09-30", "18000.00"),  # 3.00, August's value is the last one known
    ],
)
def test_the_rate_is_the_last_one_published_by_the_end_of_the_month_before_the_contract(
    contract, rate_times_1_000_000, outcome
):
    facts = interest_facts(
        loan={"contract_date": contract, "drawn_on": "2025-01-01", "pledge_registered_on": "2024-12-31"},
        balances=[("2025-01-01", "2025-12-27", "1000000.00")],
    )

    assert outcome(facts) == rate_times_1_000_000


@pytest.mark.parametrize("contract", ["2018-05-02", "2019-08-31", "2025-10-01", "2026-01-15", "2031-06-01"])
def test_a_contract_outside_the_loaded_rates_is_refused(contract, outcome):
    assert outcome(interest_facts(loan={"contract_date": contract})) == "refused:lpr_not_loaded"
    assert outcome(interest_facts(loan={"contract_date": contract}), "SD-2024-92") in (
        "refused:city,lpr_not_loaded",
        "refused:lpr_not_loaded",
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # --- days: 5,000,000 x days / 360 x 3.45% x 60% = 287.50 x days
        ({"balances": [("2024-06-20", "2024-06-21", "5000000.00")]}, "287.50"),
        ({"balances": [("2024-06-20", "2024-06-20", "5000000.00")]}, "0.00"),
        ({"balances": [("2024-06-20", "2024-07-20", "5000000.00")]}, "8625.00"),
        ({"balances": [YEAR]}, "104937.50"),
        ({"loan": {"drawn_on": "2023-06-20", "pledge_registered_on": "2023-06-19"}, "balances": [LEAP]}, "105225.00"),
        (
            {
                "loan": {"drawn_on": "2024-02-28", "pledge_registered_on": "2024-02-27"},
                "balances": [("2024-02-28", "2024-03-01", "5000000.00")],
            },
            "575.00",
        ),
        # --- rounding: once, half up: 1.00 x 1 / 360 x 3.45% x 60% = 0.0000575; 100 yuan x 87 days = 0.500250
        ({"balances": [("2024-06-20", "2024-06-21", "1.00")]}, "0.00"),
        ({"balances": [("2024-06-20", "2024-06-21", "86.95")]}, "0.00"),  # 0.0049996
        ({"balances": [("2024-06-20", "2024-06-21", "86.96")]}, "0.01"),  # 0.0050002
        ({"balances": [("2024-06-20", "2025-06-15", "100.00")]}, "2.07"),  # 360 days: 2.07 exactly
        ({"balances": [("2024-06-20", "2024-06-29", "1000.00")]}, "0.52"),  # 9 days: 0.5175
        ({"balances": [("2024-06-20", "2024-06-22", "1000.00")]}, "0.12"),  # 2 days: 0.115 is half a fen, up
        # rounding each stretch would give 0.06 + 0.06 = 0.12 as well; three days in three: 0.1725 -> 0.17, not 0.18
        (
            {
                "balances": [
                    ("2024-06-20", "2024-06-21", "1000.00"),
                    ("2024-06-21", "2024-06-22", "1000.00"),
                    ("2024-06-22", "2024-06-23", "1000.00"),
                ]
            },
            "0.17",
        ),
        # --- pledge share
        ({"loan": {"pledge_share": "0.5"}}, "52468.75"),
        ({"loan": {"pledge_share": "0.333333"}}, "34979.13"),  # 34979.1316...
        ({"loan": {"pledge_share": "0"}}, "0.00"),
        # --- falling balances
        (
            {
                "balances": [
                    ("2024-06-20", "2024-09-20", "5000000.00"),  # 92 days: 26450.00
                    ("2024-09-20", "2024-12-20", "3500000.00"),  # 91 days: 18313.75
                    ("2024-12-20", "2025-06-20", "1000000.00"),  # 182 days: 10465.00
                ]
            },
            "55228.75",
        ),
        # stretches in any order
        (
            {
                "balances": [
                    ("2024-12-20", "2025-06-20", "3000000.00"),
                    ("2024-06-20", "2024-12-20", "5000000.00"),
                ],
                "loan": {"pledge_share": "0.4"},
            },
            "33603.00",
        ),
        # days in default are there but do not count
        (
            {
                "balances": [
                    ("2024-06-20", "2025-06-10", "5000000.00"),  # 355 days
                    ("2025-06-10", "2025-06-20", "5000000.00", True),
                ]
            },
            "102062.50",
        ),
        # or so many days of a stretch
        ({"balances": [YEAR], "default_days": 10}, "102062.50"),
        ({"balances": [YEAR], "default_days": 365}, "0.00"),
        ({"balances": [YEAR], "default_days": 0}, "104937.50"),
        # --- never above interest paid
        ({"loan": {"interest_paid": "104937.49"}}, "104937.49"),
        ({"loan": {"interest_paid": "104937.51"}}, "104937.50"),
        ({"loan": {"interest_paid": "0.00"}}, "0.00"),
        # the actual rate below LPR is Fujian's variant, off for Qingdao
        ({"loan": {"actual_rate": "0.0300"}}, "104937.50"),
        # --- the firm's cap of the year
        ({"granted_this_year": "395062.50"}, "104937.50"),
        ({"granted_this_year": "395062.51"}, "104937.49"),
        ({"granted_this_year": "499999.99"}, "0.01"),
        ({"granted_this_year": "500000.00"}, "0.00"),
        ({"granted_this_year": "600000.00"}, "0.00"),
        (
            {
                "loan": {"principal": "50000000.00", "interest_paid": "2129166.67"},
                "balances": [("2024-06-20", "2025-06-20", "50000000.00")],
            },
            "500000.00",
        ),
        (
            {
                "loan": {"principal": "50000000.00", "interest_paid": "400000.00"},
                "balances": [("2024-06-20", "2025-06-20", "50000000.00")],
                "granted_this_year": "50000.00",
            },
            "400000.00",
        ),
        # --- firm classes and dates on the edge
        ({"claimant": {"size_class": "micro"}}, "104937.50"),
        ({"claimant": {"size_class": "medium"}}, "104937.50"),
        ({"claimant": {"city": "370202"}}, "104937.50"),  # a district of Qingdao
        ({"loan": {"pledge_registered_on": "2024-06-20"}}, "104937.50"),  # registered on the day of the drawdown
        # whole numbers are exact and may stand without quotes
        ({"loan": {"principal": 5000000}}, "104937.50"),
    ],
)
def test_qingdao_amount(changes, expected, outcome):
    assert outcome(interest_facts(**changes)) == expected


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"claimant": {"independent_legal_person": False}}, "not_independent_legal_person"),
        ({"claimant": {"size_class": "large"}}, "size_class"),
        ({"claimant": {"city": "370100"}}, "city"),
        ({"claimant": {"city": "371202"}}, "city"),
        ({"claimant": {"city": "110105"}}, "city"),
        ({"loan": {"borrower_owns_patents": False}}, "ownership"),
        ({"loan": {"first_time_pledge": False}}, "first_time_pledge"),
        ({"claimant": {"barred": True}}, "barred"),
        ({"claimant": {"dishonest_debtor": True}}, "dishonest_debtor"),
        ({"claimant": {"barred": True, "size_class": "large", "city": "370100"}}, "size_class,city,barred"),
        ({"default_days": 366}, "default_days"),
        ({"loan": {"pledge_registered_on": "2024-06-21"}}, "pledge_after_drawdown"),
        ({"loan": {"repaid_as_agreed": False}}, "not_repaid_as_agreed"),
        ({"other_interest_subsidies": [{"by": "省", "amount": "1.00"}]}, "double_subsidy"),
        ({"claimant": {"size_class": "large", "city": "370600"}}, "size_class,city"),
        (
            {
                "claimant": {"independent_legal_person": False},
                "loan": {"repaid_as_agreed": False, "contract_date": "2026-03-01"},
            },
            "not_independent_legal_person,not_repaid_as_agreed,lpr_not_loaded",
        ),
        ({"balances": []}, "balances_missing"),
        ({"balances": [("2025-06-20", "2024-06-20", "5000000.00")]}, "balances_reversed"),
        ({"balances": [("2024-06-19", "2025-06-20", "5000000.00")]}, "balances_before_drawdown"),
        ({"balances": [("2024-06-20", "2025-06-20", "5000000.01")]}, "balance_above_principal"),
        (
            {"balances": [("2024-06-20", "2024-12-20", "5000000.00"), ("2024-12-19", "2025-06-20", "5000000.00")]},
            "balances_overlap",
        ),
        (
            {"balances": [("2024-06-20", "2024-12-20", "5000000.00"), ("2024-12-21", "2025-06-20", "5000000.00")]},
            "balances_gap",
        ),
    ],
)
def test_qingdao_refusal(changes, codes, outcome):
    assert outcome(interest_facts(**changes)) == f"refused:{codes}"


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        # the plan states no base, no cap and no city: two readings
        ("SD-PLAN-2021-INTEREST", {}, {"lpr": "104937.50", "interest_paid": "127750.00"}),
        ("SD-PLAN-2021-INTEREST", {"claimant": {"city": "371202"}}, {"lpr": "104937.50", "interest_paid": "127750.00"}),
        (
            "SD-PLAN-2021-INTEREST",
            {"loan": {"pledge_share": "0.5"}},
            {"lpr": "52468.75", "interest_paid": "63875.00"},
        ),
        (
            "SD-PLAN-2021-INTEREST",
            {"loan": {"interest_paid": "100000.00"}},
            {"lpr": "100000.00", "interest_paid": "60000.00"},
        ),
        ("SD-PLAN-2021-INTEREST", {"claimant": {"size_class": "large"}}, "refused:size_class"),
        ("SD-PLAN-2021-INTEREST", {"claimant": {"city": "320100"}}, "refused:city"),
        ("SD-PLAN-2021-INTEREST", {"loan": {"contract_date": "2021-04-18"}}, "refused:not_in_force"),
        ("SD-PLAN-2021-INTEREST", {"loan": {"contract_date": "2021-04-19"}}, {"lpr": "117104.17", "interest_paid": "127750.00"}),
        ("SD-PLAN-2021-INTEREST", {"loan": {"contract_date": "2026-01-02"}}, "refused:lpr_not_loaded"),
        ("SD-PLAN-2021-INTEREST", {"loan": {"first_time_pledge": False}}, {"lpr": "104937.50", "interest_paid": "127750.00"}),
        # a cap of 500,000 binds both readings
        ("SD-2020-INTEREST", {"granted_this_year": "390000.00"}, {"lpr": "104937.50", "interest_paid": "110000.00"}),
        # the text of 2024 was not read: Qingdao has its own
        ("SD-2024-92", {}, "refused:city"),
        ("SD-2024-92", {"claimant": {"city": "370100"}}, {"lpr": "104937.50", "interest_paid": "127750.00"}),
        # 2016: small and micro firms, and a benchmark series that nobody has loaded
        ("SD-2016-INTEREST", {"years_granted": 0, "loan": {"contract_date": "2018-05-02"}}, "refused:benchmark_not_loaded"),
        (
            "SD-2016-INTEREST",
            {"claimant": {"size_class": "medium"}, "years_granted": 2, "loan": {"contract_date": "2018-05-02"}},
            "refused:size_class,max_years,benchmark_not_loaded",
        ),
        (
            "SD-2016-INTEREST",
            {"loan": {"contract_date": "2020-03-01"}},
            "refused:not_in_force,max_years,benchmark_not_loaded",
        ),
    ],
)  # fmt: skip
def test_version(rule, changes, expected, outcome):
    assert outcome(interest_facts(**changes), rule) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # 5,000,000 x 100 days / 360 x 60% x the lower of 3.45% and what the bank took
        ([(100, "0.0300")], "25000.00"),
        ([(100, "0.0400")], "28750.00"),
        ([(100, None)], "28750.00"),  # the loan's own rate: 4.20%
        # changed on the way: 50 days at 3.00%, 50 at 3.45% because the bank took more
        ([(50, "0.0300"), (50, "0.0500")], "26875.00"),
    ],
)
def test_where_the_lower_rate_counts_it_is_the_one_that_the_bank_took_in_those_days(versions, rates, rows, expected):
    qingdao = versions["QD-2024"]
    version = Version("X", qingdao.parameters | {"lower_of_actual_rate": True}, None, None)
    balances, first = [], dt.date(2024, 6, 20)
    for days, rate in rows:
        end = first + dt.timedelta(days=days)
        row = {"from": str(first), "to": str(end), "principal": "5000000.00"}
        balances.append(row | ({"rate": rate} if rate else {}))
        first = end
    facts = interest_facts()
    facts["loan"]["balances"] = balances

    assert compute(version, facts, rates).as_json()["amount"] == expected
