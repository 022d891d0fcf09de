import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.utils import InternalError
from django.urls import reverse

from finance import services
from finance.models import Difference, Statement
from finance.policy import reconciliation as policy
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.outbox.models import Event
from tests.factories.accounts import bank_user, city_user, finance_user, province_user
from tests.factories.api import BankClient
from tests.factories.finance import answer, entry, lent_project

DAY = dt.date(2024, 6, 30)


def line(principal="2.00", balance="1.00", state="running"):
    return policy.LoanLine(Decimal(principal), Decimal(balance), state)


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ({}, {}, []),
        ({"A": line()}, {"A": line()}, []),
        ({"A": line()}, {"A": line(balance="1.01")}, [("A", "balance", "1.00", "1.01")]),
        (
            {"A": line()},
            {"A": line("3.00", "2.00", "overdue")},
            [
                ("A", "principal", "2.00", "3.00"),
                ("A", "balance", "1.00", "2.00"),
                ("A", "state", "running", "overdue"),
            ],
        ),
        (
            {"B": line()},
            {"A": line()},
            [
                ("A", "missing_here", "", "本金 2.00，余额 1.00，running"),
                ("B", "missing_there", "本金 2.00，余额 1.00，running", ""),
            ],
        ),
    ],
)
def test_differences(ours, theirs, expected):
    found = policy.differences(ours, theirs)

    assert [(one.project_ref, one.kind, one.ours, one.theirs) for one in found] == expected


# --- with rows


@pytest.fixture
def lent(db):
    """Two millions lent, half a million repaid after the day compared."""
    project, bank = lent_project()
    entry(project, bank, "repayment", number="R1", on="2024-05-01", principal="200000.00")
    entry(project, bank, "repayment", number="R2", on="2024-07-01", principal="500000.00")
    return project, bank


def lines_of(project, balance="1800000.00", **changes):
    row = {"project_ref": project.ref, "principal": "2000000.00", "balance": balance, "state": "running"}
    return [row | changes]


def take(bank, lines, number="DZ1", day=DAY, by=None):
    return services.take_statement(institution=bank.organisation, number=number, day=day, lines=lines, by=by or bank)


def open_items():
    return list(Difference.objects.order_by("pk").values_list("project_ref", "kind", "ours", "theirs", "state"))


def test_a_statement_is_compared_with_the_ledger_of_its_day(lent):
    project, bank = lent

    take(bank, lines_of(project))

    assert (Statement.objects.get().line_count, open_items()) == (1, [])


def test_each_difference_is_a_work_item_with_both_figures(lent):
    project, bank = lent

    take(bank, [*lines_of(project, "1300000.00"), *lines_of(project, project_ref="RZ2024-999999")])

    assert open_items() == [
        ("RZ2024-999999", "missing_here", "", "本金 2000000.00，余额 1800000.00，running", "open"),
        (project.ref, "balance", "1800000.00", "1300000.00", "open"),
    ]
    assert Event.objects.get(name="finance.statement.received").payload["differences"] == 2


def test_a_loan_that_the_bank_leaves_out_is_a_difference(lent):
    project, bank = lent

    take(bank, [])

    assert [(row[0], row[1]) for row in open_items()] == [(project.ref, "missing_there")]


def test_a_loan_closed_since_still_ran_on_the_day(lent):
    project, bank = lent
    answer(project, bank, "repay", repaid_on="2025-03-05", interest_paid="36500.00")

    take(bank, lines_of(project))
    take(bank, lines_of(project, "0.00", state="closed"), number="DZ2", day=dt.date(2025, 3, 5))

    assert open_items() == []


def test_the_same_number_counts_once(lent):
    project, bank = lent
    first = take(bank, lines_of(project, "1.00"))

    assert take(bank, lines_of(project, "1.00")) == first
    with pytest.raises(Conflict) as refusal:
        take(bank, lines_of(project))

    assert (refusal.value.code, Statement.objects.count(), Difference.objects.count()) == ("statement_differs", 1, 1)


@pytest.mark.parametrize(
    ("change", "day", "field"),
    [
        ({"balance": 1.5}, DAY, "lines[0].balance"),
        ({"balance": "1.005"}, DAY, "lines[0].balance"),
        ({"state": "gone"}, DAY, "lines[0].state"),
        ({"project_ref": ""}, DAY, "lines[0].project_ref"),
        ({"bonus": "1"}, DAY, "lines[0].bonus"),
        ({}, dt.date(2999, 1, 1), "day"),
    ],
)
def test_a_malformed_statement_leaves_nothing(lent, change, day, field):
    project, bank = lent
    events = Event.objects.count()

    with pytest.raises(Invalid) as refusal:
        take(bank, lines_of(project, **change), day=day)

    assert (refusal.value.field, Statement.objects.count(), Event.objects.count()) == (field, 0, events)


def test_a_project_named_twice_is_refused(lent):
    project, bank = lent

    with pytest.raises(Invalid) as refusal:
        take(bank, lines_of(project) * 2)

    assert (refusal.value.field, Statement.objects.count()) == ("lines[1].project_ref", 0)


def test_another_bank_cannot_speak_for_it(lent):
    project, bank = lent

    with pytest.raises(NotAllowed):
        take(bank, lines_of(project), by=bank_user())

    assert not Statement.objects.exists()


def test_only_the_province_closes_a_difference_and_says_how(lent):
    project, bank = lent
    take(bank, lines_of(project, "1.00"))
    row = Difference.objects.get()
    for by, refusal in ((finance_user(), NotAllowed), (city_user(project.city_code), NotFound)):
        with pytest.raises(refusal):
            services.close_difference(difference_id=row.pk, by=by, resolution="银行更正")
    with pytest.raises(Invalid):
        services.close_difference(difference_id=row.pk, by=province_user(), resolution=" ")
    row.refresh_from_db()
    assert row.state == "open"
    province = province_user()

    services.close_difference(difference_id=row.pk, by=province, resolution="银行漏报一笔还款，已补报")

    row.refresh_from_db()
    assert (row.state, row.resolution, row.closed_by) == ("closed", "银行漏报一笔还款，已补报", province)
    with pytest.raises(WrongState):
        services.close_difference(difference_id=row.pk, by=province, resolution="再次")


def test_a_matching_statement_later_closes_nothing(lent):
    project, bank = lent
    take(bank, lines_of(project, "1.00"))

    take(bank, lines_of(project), number="DZ2")

    assert [row[4] for row in open_items()] == ["open"]


def test_over_the_interface(lent):
    project, bank = lent
    client = BankClient(bank)
    body = {"number": "DZ1", "day": str(DAY), "lines": lines_of(project, "1300000.00")}

    sent = client.keyed("/api/v1/statements/", body)
    listed = client.get("/api/v1/statements/").json()["results"]

    assert sent.status_code == 201
    assert [(row["kind"], row["ours"], row["theirs"]) for row in sent.json()["differences"]] == [
        ("balance", "1800000.00", "1300000.00")
    ]
    assert listed == [sent.json()]
    assert BankClient(bank_user()).get("/api/v1/statements/").json()["results"] == []
    wrong = client.keyed("/api/v1/statements/", body | {"lines": lines_of(project, 1.5)})
    assert (wrong.status_code, Statement.objects.count()) == (400, 1)
    nul = client.keyed("/api/v1/statements/", body | {"number": "DZ2", "a\x00b": 1})
    assert (nul.status_code, nul.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize("rows", [1, 3])
def test_statement_list_query_count(lent, django_assert_num_queries, rows):
    project, bank = lent
    for place in range(rows):
        take(bank, lines_of(project, "1.00"), number=f"DZ{place}")
    client = BankClient(bank)

    with django_assert_num_queries(6):
        response = client.get("/api/v1/statements/")

    assert len(response.json()["results"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_difference_list_query_count(lent, client, django_assert_max_num_queries, rows):
    project, bank = lent
    for place in range(rows):
        take(bank, lines_of(project, "1.00"), number=f"DZ{place}")
    client.force_login(province_user())

    with django_assert_max_num_queries(12):
        response = client.get(reverse("admin:finance_difference_changelist"))

    assert response.content.decode().count(project.ref) >= rows


@pytest.mark.parametrize("statement", ["UPDATE finance_statement SET day = now()", "DELETE FROM finance_difference"])
def test_the_database_keeps_statements_and_differences(lent, statement):
    project, bank = lent
    take(bank, lines_of(project, "1.00"))

    with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# --- a statement as a file


def upload(client, institution, content, **changes):
    file = SimpleUploadedFile("对账单.csv", content.encode("gb18030"))
    data = {"institution": institution.pk, "day": str(DAY), "number": "CSV1", "file": file}
    return client.post(reverse("finance:statements"), data | changes)


def test_a_csv_that_the_province_brings_is_compared_like_any_other(client, lent):
    project, bank = lent
    client.force_login(province_user())
    content = (
        "项目编号,合同本金（万元）,本金余额（元）,状态\n"
        f'{project.ref},200,"1,800,000.01",逾期\nRZ2026-000000,1,1,正常\n'
    )

    assert upload(client, bank.organisation, content).status_code == 302

    kept = Statement.objects.get()
    assert (kept.day, kept.line_count, kept.received_by.role) == (DAY, 2, "province")
    assert list(kept.differences.order_by("id").values_list("project_ref", "kind", "ours", "theirs")) == [
        ("RZ2026-000000", "missing_here", "", "本金 10000.00，余额 1.00，running"),
        (project.ref, "balance", "1800000.00", "1800000.01"),
        (project.ref, "state", "running", "overdue"),
    ]
    again = upload(client, bank.organisation, content)
    assert (again.status_code, Statement.objects.count(), Difference.objects.count()) == (302, 1, 3)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("项目编号,本金余额（元）\nRZ1,1\n", "缺少"),
        ("项目编号,合同本金（元）,本金余额（元）,状态\nRZ1,很多,1,正常\n", "很多"),
        ("项目编号,合同本金（元）,本金余额（元）,状态\nRZ1,1,1,失踪\n", "失踪"),
        ("项目编号,合同本金（元）,本金余额（元）,状态\nRZ1,1,1,正常\nRZ1,1,1,正常\n", "重复"),
        ("", "空"),
    ],
)
def test_a_file_that_is_wrong_is_told_by_cell_and_nothing_is_kept(client, lent, content, told):
    client.force_login(province_user())

    response = upload(client, lent[1].organisation, content)

    assert (response.status_code, Statement.objects.count()) == (422, 0)
    assert told in response.content.decode()


def test_the_finance_department_looks_and_a_city_does_not(client, lent):
    client.force_login(finance_user())
    page = client.get(reverse("finance:statements"))
    assert (page.status_code, "导入并核对" in page.content.decode()) == (200, False)
    assert upload(client, lent[1].organisation, "x").status_code == 200
    assert not Statement.objects.exists()
    client.force_login(city_user())
    assert client.get(reverse("finance:statements")).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_statement_page_query_count(client, lent, django_assert_num_queries, rows):
    project, bank = lent
    for place in range(rows):
        services.take_statement(
            institution=bank.organisation, number=str(place), day=DAY, lines=lines_of(project), by=bank
        )
    client.force_login(province_user())
    client.get(reverse("finance:statements"))

    with django_assert_num_queries(5):
        client.get(reverse("finance:statements"))
