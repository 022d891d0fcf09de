import datetime as dt

import pytest

from finance import services
from finance.models import Answer, Loan, LoanEntry, Project
from portal import clock
from portal.outbox.models import Event
from tests.factories.accounts import bank_user, sme_user
from tests.factories.api import BankClient
from tests.factories.finance import admitted_project, entry, lent_project

pytestmark = pytest.mark.django_db
LOANS = "/api/v1/loans/"
REPAYMENT = {"kind": "repayment", "number": "R1", "on": "2024-06-01", "principal": "500000.00"}


def everything():
    tables = (Project, Answer, Loan, LoanEntry, Event)
    return {model: list(model.objects.order_by("pk").values()) for model in tables}


@pytest.mark.parametrize("rows", [1, 3])
def test_loan_list_query_count(bank_client, django_assert_num_queries, rows):
    for _ in range(rows):
        lent_project(bank=bank_client.bank)

    with django_assert_num_queries(5):
        response = bank_client.get(LOANS)

    assert len(response.json()["results"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_loan_detail_query_count(bank_client, django_assert_num_queries, rows):
    project, bank = lent_project(bank=bank_client.bank)
    for place in range(rows - 1):
        entry(project, bank, "repayment", number=f"R{place}", on="2024-06-01", principal="1.00")

    with django_assert_num_queries(6):
        response = bank_client.get(f"{LOANS}{project.ref}/")

    assert len(response.json()["entries"]) == rows


def test_a_reported_repayment_shows_in_the_loan(bank_client):
    project, _ = lent_project(bank=bank_client.bank)

    response = bank_client.report(project.ref, **REPAYMENT, interest="1.00")

    recorded = clock.SHANGHAI
    row = LoanEntry.objects.get(number="R1")
    assert (response.status_code, response.json()) == (
        201,
        {
            "number": "R1",
            "kind": "repayment",
            "on": "2024-06-01",
            "principal": "500000.00",
            "interest": "1.00",
            "penalty": "0.00",
            "annual_rate": None,
            "period_from": None,
            "period_to": None,
            "due_on": None,
            "computed_interest": None,
            "reverses": None,
            "note": "",
            "recorded_at": row.recorded_at.astimezone(recorded).isoformat(),
        },
    )
    found = bank_client.get(f"{LOANS}{project.ref}/")
    assert (found.json()["balance"], found.json()["state"]) == ("1500000.00", "running")
    assert [line["number"] for line in found.json()["entries"]] == ["lend", "R1"]
    assert found["ETag"] == f'"{found.json()["version"]}"'


def test_filters(bank_client):
    project, _ = lent_project(bank=bank_client.bank)
    old = (clock.now() - dt.timedelta(hours=1)).isoformat()
    new = (clock.now() + dt.timedelta(hours=1)).isoformat()

    def refs(**query):
        return [row["project_ref"] for row in bank_client.get(LOANS, query).json()["results"]]

    assert (refs(state="running"), refs(state="closed")) == ([project.ref], [])
    assert (refs(updated_since=old), refs(updated_since=new)) == ([project.ref], [])
    assert (refs(due_until="2025-03-05"), refs(due_until="2025-03-04")) == ([project.ref], [])
    assert bank_client.get(LOANS, {"stat": "running"}).status_code == 400


def test_a_loan_of_another_bank_is_not_found(bank_client):
    project, _ = lent_project(bank=bank_user())
    before = everything()

    assert bank_client.get(f"{LOANS}{project.ref}/").status_code == 404
    assert bank_client.report(project.ref, **REPAYMENT).status_code == 404
    assert everything() == before


@pytest.mark.parametrize(
    ("change", "field", "status"),
    [
        ({"principal": "2000000.01"}, "principal", 422),
        ({"principal": 500000.5}, "principal", 400),
        ({"principal": 500000}, "principal", 400),
        ({"principal": "1.005"}, "principal", 400),
        ({"principal": "-1.00"}, "principal", 400),
        ({"on": "2024-03-05"}, "on", 422),
        ({"on": "2024-06-31"}, "on", 400),
        ({"principle": "1.00"}, "principle", 400),
        ({"number": ""}, "number", 400),
        ({"kind": "gift"}, "kind", 400),
    ],
)
def test_wrong_reports_are_refused_by_field(bank_client, change, field, status):
    project, _ = lent_project(bank=bank_client.bank)
    before = everything()

    response = bank_client.report(project.ref, **REPAYMENT | change)

    assert response.status_code == status
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert everything() == before


def test_if_match_refuses_a_report_on_what_the_bank_has_not_seen(bank_client):
    project, _ = lent_project(bank=bank_client.bank)
    tag = bank_client.get(f"{LOANS}{project.ref}/")["ETag"]

    stale = bank_client.report(project.ref, headers={"If-Match": '"0"'}, **REPAYMENT)
    fresh = bank_client.report(project.ref, headers={"If-Match": tag}, **REPAYMENT)

    assert (stale.status_code, fresh.status_code) == (412, 201)


def test_a_report_repeated_with_another_key_counts_once(bank_client):
    project, _ = lent_project(bank=bank_client.bank)

    first, second = (bank_client.report(project.ref, **REPAYMENT) for _ in range(2))
    other = bank_client.report(project.ref, **REPAYMENT | {"principal": "1.00"})

    assert first.json() == second.json()
    assert (other.status_code, other.json()["code"]) == (409, "entry_differs")
    assert LoanEntry.objects.count() == 2


def test_reporting_needs_the_scope():
    bank = bank_user()
    project, _ = lent_project(bank=bank)

    response = BankClient(bank, "projects:read projects:answer").report(project.ref, **REPAYMENT)

    assert (response.status_code, response.json()["code"]) == (403, "insufficient_scope")


# --- many at once


def item(operation, ref, **body):
    return {"operation": operation, "project_ref": ref, "body": body}


def test_each_item_of_a_batch_has_its_own_result(bank_client):
    lent, _ = lent_project(bank=bank_client.bank)
    fresh = admitted_project(banks=[bank_client.bank])
    items = [
        item("answer", fresh.ref, kind="accept"),
        item("entry", lent.ref, **REPAYMENT),
        item("entry", lent.ref, **REPAYMENT | {"number": "R2", "principal": "1500000.01"}),
        item("answer", "RZ2026-999999", kind="accept"),
        item("answer", fresh.ref, kind="refuse"),
        item("entry", lent.ref, **REPAYMENT | {"number": "R3", "principal": "1500000.00"}),
    ]

    response = bank_client.batch(items)

    results = response.json()["results"]
    assert [row["index"] for row in results] == list(range(6))
    assert [row["status"] for row in results] == [201, 201, 422, 404, 400, 201]
    assert [row["body"].get("code") for row in results] == [
        None,
        None,
        "invalid",
        "not_found",
        "invalid_request",
        None,
    ]
    assert LoanEntry.objects.filter(kind="repayment").count() == 2
    assert Loan.objects.get(placement__project=lent).balance == 0


def test_a_batch_sent_again_answers_the_same_and_acts_once(bank_client):
    fresh = admitted_project(banks=[bank_client.bank])
    items = [item("answer", fresh.ref, kind="accept")]

    first, second = (bank_client.batch(items, key="batch-0001") for _ in range(2))

    assert (first.json(), second["Idempotent-Replayed"]) == (second.json(), "true")
    assert Answer.objects.count() == 1


@pytest.mark.parametrize("items", [[], [{}], ["x"], None, [{"operation": "pay", "project_ref": "R", "body": {}}]])
def test_a_batch_of_a_wrong_form_is_refused_whole(bank_client, items):
    before = everything()

    assert bank_client.batch(items).status_code == 400

    assert everything() == before


def test_more_than_a_hundred_items_are_refused(bank_client):
    response = bank_client.batch([item("answer", "RZ2026-000001", kind="accept")] * 101)

    assert (response.status_code, [error["field"] for error in response.json()["errors"]]) == (400, ["items"])


def test_a_body_of_ten_megabytes_is_refused_before_it_is_read(bank_client):
    response = bank_client.batch([item("answer", "R", kind="x" * 10 * 1024 * 1024)])

    assert (response.status_code, response.json()["code"]) == (413, "payload_too_large")


def test_a_withdrawn_project_cannot_be_reached_by_any_address(bank_client):
    project = admitted_project(banks=[bank_client.bank])
    services.close_project(project_id=project.pk, by=sme_user(organisation=project.organisation))
    base = f"/api/v1/projects/{project.ref}/"

    assert [bank_client.get(url).status_code for url in (base, f"{base}documents/")] == [404, 404]
    assert bank_client.report(project.ref, **REPAYMENT).status_code == 404
    assert bank_client.batch([item("answer", project.ref, kind="accept")]).json()["results"][0]["status"] == 404
