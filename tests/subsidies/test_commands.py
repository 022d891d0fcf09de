import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from portal.errors import Conflict
from portal.policy.models import RuleVersion
from subsidies import loading
from subsidies.models import ReferenceRate
from tests.factories.subsidies import interest_facts

pytestmark = pytest.mark.django_db


@pytest.fixture
def facts_file(tmp_path):
    def write(content):
        path = tmp_path / "facts.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


# --- compute_subsidy


def test_compute_subsidy_prints_the_form_of_the_readme(shipped, facts_file, capsys):
    call_command("compute_subsidy", facts=facts_file(interest_facts()))

    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["rule", "amount", "payable", "refusals", "lines"]
    assert (printed["rule"], printed["amount"], printed["payable"], printed["refusals"]) == (
        "QD-2024", "104937.50", True, [],
    )  # fmt: skip
    assert {tuple(line) for line in printed["lines"]} == {("article", "text", "value")}
    assert all(line[name] for line in printed["lines"] for name in line)


def test_compute_subsidy_prints_a_refusal_and_goes_well(shipped, facts_file, capsys):
    call_command("compute_subsidy", facts=facts_file(interest_facts(claimant={"size_class": "large"})))

    printed = json.loads(capsys.readouterr().out)
    assert printed == {
        "rule": "QD-2024",
        "amount": "0.00",
        "payable": False,
        "refusals": [
            {"code": "size_class", "article": "青岛市贴息细则第一至五条", "fact": "企业规模为大型，不在适用范围"}
        ],
        "lines": [],
    }


def test_the_option_goes_before_the_rule_in_the_file(shipped, facts_file, capsys):
    call_command("compute_subsidy", facts=facts_file(interest_facts()), rule="SD-PLAN-2021-INTEREST")

    printed = json.loads(capsys.readouterr().out)
    assert (printed["rule"], printed["amount"], printed["payable"]) == ("SD-PLAN-2021-INTEREST", None, False)
    assert printed["readings"] == {"lpr": "104937.50", "interest_paid": "127750.00"}


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("", "facts.json"),
        ("{", "facts.json"),
        ("[]", "JSON 对象"),
        ("null", "JSON 对象"),
        ({}, "rule"),
        ({"rule": "NO-SUCH"}, "NO-SUCH"),
        ({"rule": 7}, "rule"),
        ({"rule": "QD-2024"}, "claimant"),
        (interest_facts(loan={"principal": 5000000.0}), "loan.principal"),
        (interest_facts(loan={"principal": "-1.00"}), "loan.principal"),
        (interest_facts(loan={"principal": "1.001"}), "loan.principal"),
        (interest_facts(loan={"principal": "1e6"}), "loan.principal"),
        (interest_facts(loan={"principal": "NaN"}), "loan.principal"),
        (interest_facts(loan={"principal": True}), "loan.principal"),
        (interest_facts(loan={"principal": "５000"}), "loan.principal"),
        (interest_facts(loan={"interest_paid": None}), "loan.interest_paid"),
        (interest_facts(loan={"pledge_share": "1.01"}), "loan.pledge_share"),
        (interest_facts(loan={"pledge_share": 0.4}), "loan.pledge_share"),
        (interest_facts(loan={"contract_date": "2024-13-01"}), "loan.contract_date"),
        (interest_facts(loan={"contract_date": "20240612"}), "loan.contract_date"),
        (interest_facts(loan={"contract_date": "2024-W24-3"}), "loan.contract_date"),
        (interest_facts(loan={"balances": {}}), "loan.balances"),
        (interest_facts(balances=[("2024-06-20", "2025-06-20", 5e6)]), "loan.balances[0].principal"),
        (interest_facts(loan={"repaid_as_agreed": "yes"}), "loan.repaid_as_agreed"),
        (interest_facts(claimant={"size_class": "tiny"}), "claimant.size_class"),
        (interest_facts(declaration_year="2025"), "declaration_year"),
        (interest_facts(granted_this_year="-0.01"), "granted_this_year"),
        (interest_facts(other_interest_subsidies="无"), "other_interest_subsidies"),
        ({"rule": "SD-INS-2021", "premium": {"kind": "enforcement", "paid": "1.00", "uplift": False}}, "claimant"),
        ({"rule": "SD-2016-RISK", "loss": {"principal_loss": 1000000.5}}, "loss.principal_loss"),
    ],
)  # fmt: skip
def test_facts_that_cannot_be_read_end_with_status_2(content, named, shipped, facts_file, capsys):
    with pytest.raises(SystemExit) as end:
        call_command("compute_subsidy", facts=facts_file(content))

    printed = capsys.readouterr()
    assert (end.value.code, printed.out) == (2, "")
    assert named in printed.err


def test_a_missing_file_ends_with_status_2(shipped, tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        call_command("compute_subsidy", facts=tmp_path / "none.json")

    assert (end.value.code, capsys.readouterr().out) == (2, "")


# --- rules and rates as data


def test_the_migration_has_loaded_what_ships(shipped):
    codes = set(RuleVersion.objects.filter(state="in_force").values_list("code", flat=True))

    assert {
        "SD-2016-INTEREST", "SD-2020-INTEREST", "SD-PLAN-2021-INTEREST", "SD-2024-92", "QD-2024",
        "SD-2016-RISK", "SD-2020-RISK", "SD-PLAN-2021-RISK", "JN-POOL", "QD-622",
        "SD-PLAN-2021-PREMIUM", "SD-INS-2021", "EVALUATION-FEE-2016",
        "SD-PLAN-2021-CHINA-AWARD", "SD-PLAN-2021-SHANDONG-AWARD", "SD-PLAN-2021-CENTRE", "SD-CENTRE-2025",
    } <= codes  # fmt: skip
    assert ReferenceRate.objects.filter(series="lpr_1y").count() == 13


def test_load_rules_twice_changes_nothing(shipped, capsys):
    before = list(RuleVersion.objects.order_by("pk").values()), list(ReferenceRate.objects.order_by("pk").values())

    call_command("load_rules")

    assert capsys.readouterr().out == "规则版本：新增 0，已有 19。参考利率：新增 0，已有 13。\n"
    assert before == (
        list(RuleVersion.objects.order_by("pk").values()),
        list(ReferenceRate.objects.order_by("pk").values()),
    )


def test_a_version_with_other_content_is_not_overwritten(shipped, tmp_path, monkeypatch):
    rows = json.loads(loading.RULES[0].read_text(encoding="utf-8"))
    rows[0]["parameters"]["amounts"]["gold"] = "600000.00"
    path = tmp_path / "awards.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    monkeypatch.setattr(loading, "RULES", [path])

    with pytest.raises(Conflict):
        loading.load_rules(RuleVersion)
    with pytest.raises(CommandError):
        call_command("load_rules")


def test_load_rates_adds_what_is_new(shipped, tmp_path, capsys):
    new = {
        "series": "lpr_1y",
        "published_on": "2025-09-22",
        "known_until": "2025-09-30",
        "rate": "0.0300",
        "source": "公布",
    }
    path = tmp_path / "rates.json"
    path.write_text(json.dumps([*json.loads(loading.LPR.read_text(encoding="utf-8")), new]), encoding="utf-8")

    call_command("load_rates", path)

    assert capsys.readouterr().out == "新增 1，已有 13。\n"
    assert ReferenceRate.objects.get(published_on="2025-09-22").rate == Decimal("0.0300")


@pytest.mark.parametrize("rate", ["0.0301", 0.03, "3.00"])
def test_load_rates_refuses_another_rate_for_a_day_that_stands(rate, shipped, tmp_path):
    path = tmp_path / "rates.json"
    row = {
        "series": "lpr_1y",
        "published_on": "2025-05-20",
        "known_until": "2025-08-31",
        "rate": rate,
        "source": "公布",
    }
    path.write_text(json.dumps([row]), encoding="utf-8")

    with pytest.raises(CommandError):
        call_command("load_rates", path)

    assert ReferenceRate.objects.get(published_on="2025-05-20").rate == Decimal("0.0300")
