"""Worked cases of the other kinds, per RULES sections 7 and 8."""

import pytest

from subsidies.policy import compute

JINAN = {"uscc": "91370200163562681G", "city": "370100"}
QINGDAO = JINAN | {"city": "370200"}


BARRED = JINAN | {"barred": True}


def twice(grade, decided):
    return {"award": {"grade": grade, "won_at_another_level": True, "double_award": decided}}


def premium(kind, paid, *, uplift=False, **more):
    return {"claimant": JINAN, "premium": {"kind": kind, "paid": paid, "uplift": uplift}} | more


@pytest.mark.parametrize(
    ("rule", "facts", "expected"),
    [
        # awards: per item, no ratio
        ("SD-PLAN-2021-CHINA-AWARD", {"award": {"grade": "gold"}}, "500000.00"),
        ("SD-PLAN-2021-CHINA-AWARD", {"award": {"grade": "silver"}}, "200000.00"),
        ("SD-PLAN-2021-CHINA-AWARD", {"award": {"grade": "excellent"}}, "100000.00"),
        ("SD-PLAN-2021-CHINA-AWARD", {"award": {"grade": "special"}}, "refused:grade"),
        ("SD-PLAN-2021-SHANDONG-AWARD", {"award": {"grade": "special"}}, "500000.00"),
        ("SD-PLAN-2021-SHANDONG-AWARD", {"award": {"grade": "first"}}, "100000.00"),
        ("SD-PLAN-2021-SHANDONG-AWARD", {"award": {"grade": "second"}}, "50000.00"),
        ("SD-PLAN-2021-SHANDONG-AWARD", {"award": {"grade": "third"}}, "30000.00"),
        ("SD-PLAN-2021-SHANDONG-AWARD", {"award": {"grade": "gold"}}, "refused:grade"),
        # centre grant: up to 300,000
        ("SD-PLAN-2021-CENTRE", {"grant": {"requested": "350000.00"}}, "300000.00"),
        ("SD-PLAN-2021-CENTRE", {"grant": {"requested": "300000.00"}}, "300000.00"),
        ("SD-PLAN-2021-CENTRE", {"grant": {"requested": "299999.99"}}, "299999.99"),
        ("SD-PLAN-2021-CENTRE", {"grant": {"requested": "0.00"}}, "0.00"),
        ("SD-CENTRE-2025", {"grant": {"requested": "350000.00"}}, {}),
        # all instalments of a centre together
        ("SD-PLAN-2021-CENTRE", {"grant": {"requested": "150000.00", "granted_before": "200000.00"}}, "100000.00"),
        ("SD-PLAN-2021-CENTRE", {"grant": {"requested": "1.00", "granted_before": "300000.00"}}, "0.00"),
        # an officer has decided about a patent that won twice
        ("SD-PLAN-2021-CHINA-AWARD", twice("gold", "paid"), "500000.00"),
        ("SD-PLAN-2021-CHINA-AWARD", twice("gold", "not_paid"), "refused:double_award"),
        ("SD-PLAN-2021-SHANDONG-AWARD", twice("gold", "not_paid"), "refused:grade,double_award"),
        # who is barred gets nothing of any kind
        ("SD-PLAN-2021-CHINA-AWARD", {"award": {"grade": "gold"}, "claimant": BARRED}, "refused:barred"),
        ("SD-PLAN-2021-CENTRE", {"grant": {"requested": "1.00"}, "claimant": BARRED}, "refused:barred"),
        ("EVALUATION-FEE-2016", {"fee": {"paid": "1.00"}, "claimant": BARRED}, "refused:barred"),
        ("SD-2016-RISK", {"loss": {"principal_loss": "1.00"}, "claimant": BARRED}, "refused:barred"),
        # a version that asks nothing of a firm takes whatever is said about one
        ("SD-PLAN-2021-CHINA-AWARD", {"award": {"grade": "gold"}, "claimant": {}}, "500000.00"),
        ("EVALUATION-FEE-2016", {"fee": {"paid": "1.00"}, "claimant": {"name": "某公司"}}, "0.50"),
        ("SD-INS-2021", premium("overseas", "1.00", claimant=BARRED | {"city": "370200"}), "refused:city,barred"),
        # risk: 40% of the principal lost
        ("SD-2016-RISK", {"loss": {"principal_loss": "1000000.00"}}, "400000.00"),
        ("SD-2016-RISK", {"loss": {"principal_loss": "0.01"}}, "0.00"),
        ("SD-2016-RISK", {"loss": {"principal_loss": "0.02"}}, "0.01"),
        ("SD-2020-RISK", {"loss": {"principal_loss": "123456.78"}}, "49382.71"),
        ("SD-PLAN-2021-RISK", {"loss": {"principal_loss": "1000000.00"}}, {"principal_loss": "400000.00"}),
        ("JN-POOL", {"loss": {"principal_loss": "1000000.00"}, "claimant": JINAN}, {"at_most": "500000.00"}),
        ("JN-POOL", {"loss": {"principal_loss": "1000000.00"}, "claimant": QINGDAO}, "refused:city"),
        (
            "QD-622",
            {"loss": {"principal_loss": "0.02"}, "claimant": QINGDAO},
            {"bank": "0.00", "guarantor": "0.00", "insurer": "0.02"},
        ),
        (
            "QD-622",
            {"loss": {"principal_loss": "1000000.00"}, "claimant": QINGDAO},
            {"bank": "200000.00", "guarantor": "200000.00", "insurer": "600000.00"},
        ),
        ("QD-622", {"loss": {"principal_loss": "1000000.00"}, "claimant": JINAN}, "refused:city"),
        # evaluation fee: half, 50,000 a firm and year
        ("EVALUATION-FEE-2016", {"fee": {"paid": "80000.00"}}, "40000.00"),
        ("EVALUATION-FEE-2016", {"fee": {"paid": "100000.00"}}, "50000.00"),
        ("EVALUATION-FEE-2016", {"fee": {"paid": "100000.01"}}, "50000.00"),
        ("EVALUATION-FEE-2016", {"fee": {"paid": "0.01"}}, "0.01"),
        ("EVALUATION-FEE-2016", {"fee": {"paid": "80000.00"}, "granted_this_year": "30000.00"}, "20000.00"),
        ("EVALUATION-FEE-2016", {"fee": {"paid": "80000.00"}, "granted_this_year": "60000.00"}, "0.00"),
        # premium on pledge loans: the plan states neither base nor cap
        ("SD-PLAN-2021-PREMIUM", {"premium": {"paid": "100000.00"}}, {"paid": "60000.00"}),
        # patent insurance: 60%, ten points more with uplift, caps by kind, Shandong without Qingdao
        ("SD-INS-2021", premium("enforcement", "100000.00"), "60000.00"),
        ("SD-INS-2021", premium("enforcement", "333333.33"), "200000.00"),
        ("SD-INS-2021", premium("enforcement", "400000.00"), "200000.00"),
        ("SD-INS-2021", premium("enforcement", "100000.00", uplift=True), "70000.00"),
        ("SD-INS-2021", premium("enforcement", "600000.00", uplift=True), "300000.00"),
        ("SD-INS-2021", premium("infringement_loss", "400000.00"), "200000.00"),
        ("SD-INS-2021", premium("overseas", "600000.00"), "360000.00"),
        ("SD-INS-2021", premium("overseas", "700000.00"), "400000.00"),
        ("SD-INS-2021", premium("overseas", "800000.00", uplift=True), "500000.00"),
        ("SD-INS-2021", premium("domestic_only", "90000.00"), "54000.00"),
        ("SD-INS-2021", premium("domestic_only", "100001.00"), "60000.00"),
        ("SD-INS-2021", premium("enforcement", "100000.00", granted_this_year="150000.00"), "50000.00"),
        # the notice's own word for two kinds under one cap; nothing said about an uplift is none
        ("SD-INS-2021", premium("enforcement_or_loss", "400000.00"), "200000.00"),
        ("SD-INS-2021", premium("loss", "100000.00", uplift=True), "70000.00"),
        ("SD-INS-2021", {"claimant": JINAN, "premium": {"kind": "overseas", "paid": "100.01"}}, "60.01"),
        ("SD-INS-2021", premium("domestic_only", "100000.00", uplift=True), "60000.00"),
        ("SD-INS-2021", premium("overseas", "100000.00", granted_this_year="400000.00"), "0.00"),
        ("SD-INS-2021", premium("overseas", "0.00"), "0.00"),
        ("SD-INS-2021", premium("enforcement", "100000.00", claimant=QINGDAO), "refused:city"),
        ("SD-INS-2021", premium("enforcement", "100000.00", claimant=JINAN | {"city": "370283"}), "refused:city"),
        ("SD-INS-2021", premium("enforcement", "100000.00", claimant=JINAN | {"city": "371203"}), "60000.00"),
    ],
)
def test_worked_case(rule, facts, expected, outcome):
    assert outcome(facts, rule) == expected


def test_an_award_at_two_levels_waits_for_an_officer(versions, rates):
    facts = {"award": {"grade": "gold", "won_at_another_level": True}}

    result = compute(versions["SD-PLAN-2021-CHINA-AWARD"], facts, rates)

    assert (str(result.amount), result.payable) == ("500000.00", False)
    assert result.lines[-1].text == "同一专利另获其他层级专利奖，是否重复奖励未写明，由经办人决定"
