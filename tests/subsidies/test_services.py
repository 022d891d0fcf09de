import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from finance.models import Loan
from portal.audit.models import AuditEntry
from portal.errors import Invalid, NotAllowed, WrongState
from portal.notices.models import Notice
from portal.outbox import sending
from portal.outbox.models import Delivery, Event
from portal.policy.models import RuleVersion
from subsidies import services
from subsidies.consumers import claim_interest, forecast_interest
from subsidies.models import Calculation, ReferenceRate
from tests.factories.accounts import OrganisationFactory, bank_user, city_user, province_user, sme_user
from tests.factories.finance import LOAN_FACTS, admitted_project, answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]

QINGDAO_LOAN = LOAN_FACTS | {
    "contract_date": dt.date(2024, 6, 12),
    "pledge_registered_on": dt.date(2024, 6, 17),
    "drawn_on": dt.date(2024, 6, 20),
    "due_on": dt.date(2025, 6, 20),
    "principal": Decimal("3000000.00"),
    "annual_rate": Decimal("0.0420"),
}


def lend(city="370200", firm_user=None, **loan):
    """A loan made by the services, as a bank reports it."""
    user = firm_user or sme_user(organisation=OrganisationFactory(city_code=city))
    bank = bank_user()
    project = admitted_project(banks=[bank], firm_user=user)
    answer(project, bank, "accept")
    answer(project, bank, "lend", **(QINGDAO_LOAN | loan))
    return project, bank


def repay(project, bank, **facts):
    answer(project, bank, "repay", **({"repaid_on": dt.date(2025, 6, 20), "interest_paid": "127750.00"} | facts))


def loan_of(project):
    return Loan.objects.get(placement__project=project)


def calculate(project, purpose="forecast", by=None):
    return services.calculate_interest(loan_id=loan_of(project).pk, purpose=purpose, by=by)


# --- forecast and claim


def test_a_loan_is_forecast_as_if_repaid_on_its_due_day():
    project, _ = lend()

    kept = calculate(project)

    # 3,000,000 x 365 / 360 x 3.45% x 60%, and the interest planned at 4.20%
    assert (kept.rule.code, kept.purpose, kept.amount, kept.is_payable) == ("QD-2024", "forecast", Decimal("62962.50"), True)  # fmt: skip
    assert kept.facts["loan"]["interest_paid"] == "127750.00"
    assert kept.facts["loan"]["balances"] == [
        {"from": "2024-06-20", "to": "2025-06-20", "principal": "3000000.00", "rate": "0.042000"},
    ]
    assert kept.result["amount"] == "62962.50"


def test_a_claim_takes_what_was_repaid():
    project, bank = lend()
    repay(project, bank, repaid_on=dt.date(2025, 3, 20), interest_paid="60000.00")

    kept = calculate(project, "claim")

    # 273 days would give 47,092.50
    assert (kept.purpose, kept.amount, kept.facts["declaration_year"]) == ("claim", Decimal("47092.50"), 2025)
    assert Notice.objects.filter(kind="subsidies.calculation.made").get().body == (
        "应补贴 4.71 万元，每一步的依据见计算明细；请确认收款账户后提交。"
    )


def test_a_loan_repaid_late_is_refused_and_its_days_in_default_are_apart():
    project, bank = lend()
    repay(project, bank, repaid_on=dt.date(2025, 7, 1))

    kept = calculate(project, "claim")

    assert [refusal["code"] for refusal in kept.result["refusals"]] == ["not_repaid_as_agreed"]
    assert (kept.amount, kept.is_payable) == (Decimal("0.00"), False)
    assert kept.facts["loan"]["balances"][1] == {
        "from": "2025-06-20", "to": "2025-07-01", "principal": "3000000.00", "rate": "0.042000", "in_default": True,
    }  # fmt: skip


def test_the_version_is_chosen_by_city_and_contract_date():
    cases = [
        ("370200", dt.date(2024, 6, 12), "QD-2024"),
        ("370200", dt.date(2023, 6, 12), "SD-PLAN-2021-INTEREST"),
        ("370900", dt.date(2024, 6, 12), "SD-2024-92"),
        ("370100", dt.date(2023, 12, 29), "SD-PLAN-2021-INTEREST"),
        ("371200", dt.date(2021, 4, 18), "SD-2020-INTEREST"),
        ("370600", dt.date(2019, 12, 1), "SD-2016-INTEREST"),
    ]

    chosen = [calculate(lend(city, contract_date=day)[0]).rule.code for city, day, _ in cases]

    assert chosen == [code for _, _, code in cases]


def test_a_base_that_is_not_stated_gives_two_readings_and_nothing_payable():
    project, _ = lend("370900")

    kept = calculate(project)

    assert (kept.amount, kept.is_payable) == (None, False)
    assert kept.result["readings"] == {"lpr": "62962.50", "interest_paid": "76650.00"}


def test_a_contract_before_any_version_gives_nothing():
    project, _ = lend(contract_date=dt.date(2015, 12, 31))

    assert calculate(project) is None
    assert Calculation.objects.count() == 0


def test_two_loans_of_one_firm_share_its_cap():
    RuleVersion.objects.create(
        code="QD-TEST",
        kind="interest_subsidy",
        title="试验",
        confidence=1,
        chosen_by="contract_date",
        in_force_from=dt.date(2024, 6, 1),
        state="in_force",
        parameters=RuleVersion.objects.get(code="QD-2024").parameters | {"cap_per_firm_year": "100000.00"},
    )
    firm = sme_user(organisation=OrganisationFactory(city_code="370200"))
    amounts = []
    for number in range(3):
        project, bank = lend(firm_user=firm, bank_ref=f"HT-{number}")
        repay(project, bank)
        amounts.append(calculate(project, "claim").amount)

    assert amounts == [Decimal("62962.50"), Decimal("37037.50"), Decimal("0.00")]


def test_the_same_calculation_again_is_the_same_row():
    project, _ = lend()

    first, second = calculate(project), calculate(project)

    assert first == second
    assert Calculation.objects.count() == 1
    assert Event.objects.filter(name="subsidies.calculation.made").count() == 1


def test_new_facts_are_a_new_row():
    project, bank = lend()
    first = calculate(project)
    repay(project, bank)
    claim = calculate(project, "claim")

    assert [row.pk for row in Calculation.objects.order_by("id")] == [first.pk, claim.pk]


def test_the_firm_row_is_locked_before_the_result_is_written():
    project, _ = lend()

    with CaptureQueriesContext(connection) as queries:
        calculate(project)

    statements = [query["sql"] for query in queries]
    lock = next(place for place, sql in enumerate(statements) if "FOR UPDATE" in sql and "accounts_organisation" in sql)
    write = next(place for place, sql in enumerate(statements) if sql.startswith('INSERT INTO "subsidies_calculation"'))
    assert lock < write


# --- refusals


@pytest.fixture
def unchanged():
    def snapshot():
        return {
            model: list(model.objects.order_by("pk").values()) for model in (Calculation, Event, Notice, AuditEntry)
        }

    return snapshot


def test_a_claim_on_a_loan_not_repaid_is_refused(unchanged):
    project, _ = lend()
    before = unchanged()

    with pytest.raises(WrongState):
        calculate(project, "claim")

    assert unchanged() == before


@pytest.mark.parametrize("who", [sme_user, lambda: city_user("370100")])
def test_only_officials_in_charge_compute_anew(who, unchanged):
    project, _ = lend()
    by = who()
    before = unchanged()

    with pytest.raises(NotAllowed):
        calculate(project, by=by)

    assert unchanged() == before


def test_the_city_and_the_province_compute_anew():
    project, _ = lend()

    assert calculate(project, by=city_user("370200")) == calculate(project, by=province_user())


# --- events


def test_lending_and_repaying_compute_by_themselves():
    project, bank = lend()
    while sending.deliver_due(seconds=5):
        pass
    repay(project, bank)
    while sending.deliver_due(seconds=5):
        pass

    rows = Calculation.objects.order_by("id").values_list("purpose", "amount")
    assert list(rows) == [("forecast", Decimal("62962.50")), ("claim", Decimal("62962.50"))]
    assert not Delivery.objects.exclude(state="delivered").filter(receiver__startswith="subsidies").exists()


def test_an_event_delivered_twice_computes_once():
    project, bank = lend()
    repay(project, bank)
    lent, repaid = (Event.objects.get(name=f"finance.loan.{name}") for name in ("lent", "repaid"))

    for _ in range(2):
        forecast_interest(lent)
        claim_interest(repaid)

    assert Calculation.objects.count() == 2


def test_facts_that_are_missing_do_not_block_the_queue():
    project, _ = lend()
    type(project).objects.filter(pk=project.pk).update(size_class="")

    forecast_interest(Event.objects.get(name="finance.loan.lent"))

    assert Calculation.objects.count() == 0


# --- provable


def test_recompute_proves_stored_results(capsys):
    project, bank = lend()
    calculate(project)
    repay(project, bank)
    calculate(project, "claim")

    call_command("recompute", all=True)

    assert capsys.readouterr().out == "重算 2 条，全部与存档一致。\n"


def test_recompute_uses_the_rates_known_at_the_time(capsys):
    project, _ = lend(
        contract_date=dt.date(2025, 10, 15),
        pledge_registered_on=dt.date(2025, 10, 17),
        drawn_on=dt.date(2025, 10, 20),
        due_on=dt.date(2026, 10, 20),
    )
    refused = calculate(project)
    services.add_rate(rate=new_rate(), by=province_user())

    call_command("recompute", all=True)

    assert [refusal["code"] for refusal in refused.result["refusals"]] == ["lpr_not_loaded"]
    assert capsys.readouterr().out == "重算 1 条，全部与存档一致。\n"
    assert calculate(project).result["refusals"] == []
    assert Calculation.objects.count() == 2


def test_recompute_names_a_result_that_was_tampered_with(capsys):
    project, _ = lend()
    kept = calculate(project)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE subsidies_calculation DISABLE TRIGGER USER")
        cursor.execute("UPDATE subsidies_calculation SET result = jsonb_set(result, '{amount}', '\"62962.51\"')")
        cursor.execute("ALTER TABLE subsidies_calculation ENABLE TRIGGER USER")

    with pytest.raises(CommandError, match="1 条与存档不同"):
        call_command("recompute", all=True)

    assert capsys.readouterr().err == f"计算 {kept.pk}：重算结果与存档不同。\n"


def test_recompute_asks_the_database_as_often_for_three_as_for_one(django_assert_num_queries):
    for number in range(3):
        calculate(lend(bank_ref=f"HT-{number}")[0])

        with django_assert_num_queries(3):
            call_command("recompute", all=True, verbosity=0)


# --- frozen by the database


@pytest.mark.parametrize("change", ["update", "delete"])
@pytest.mark.parametrize("model", [Calculation, ReferenceRate, RuleVersion])
def test_the_database_refuses_to_change_what_results_rest_on(model, change):
    calculate(lend()[0])
    fields = {Calculation: {"amount": 1}, ReferenceRate: {"rate": "0.01"}, RuleVersion: {"parameters": {}}}
    rows = model.objects.filter(pk=model.objects.order_by("-pk").first().pk)

    with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
        rows.update(**fields[model]) if change == "update" else rows._raw_delete("default")


# --- rates


def new_rate(**fields):
    known = {"published_on": dt.date(2025, 9, 22), "known_until": dt.date(2025, 9, 30), "rate": Decimal("0.0300")}
    return ReferenceRate(**({"series": "lpr_1y", "source": "全国银行间同业拆借中心"} | known | fields))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"published_on": dt.date(2025, 8, 31)}, "published_on"),
        ({"published_on": dt.date(2999, 1, 20), "known_until": dt.date(2999, 1, 31)}, "published_on"),
        ({"known_until": dt.date(2025, 9, 21)}, "known_until"),
        ({"known_until": dt.date(2025, 12, 31)}, "known_until"),
        ({"source": " "}, "source"),
    ],
)
def test_a_rate_that_cannot_follow_is_refused(fields, field):
    before = ReferenceRate.objects.count()

    with pytest.raises(Invalid) as refusal:
        services.add_rate(rate=new_rate(**fields), by=province_user())

    assert (refusal.value.field, ReferenceRate.objects.count()) == (field, before)


def test_only_the_province_registers_rates():
    with pytest.raises(NotAllowed):
        services.add_rate(rate=new_rate(), by=city_user())
