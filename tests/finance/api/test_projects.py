import datetime as dt

import pytest

from finance import services
from finance.models import Answer, Loan, Placement, Project
from portal import clock
from portal.outbox.models import Event
from tests.factories.accounts import bank_user
from tests.factories.api import BankClient
from tests.factories.finance import admitted_project, answer
from tests.factories.patents import PatentFactory

pytestmark = pytest.mark.django_db
PROJECTS = "/api/v1/projects/"
LOAN = {
    "kind": "lend",
    "bank_ref": "HT-2024-001",
    "contract_date": "2024-03-04",
    "drawn_on": "2024-03-06",
    "due_on": "2025-03-05",
    "pledge_registered_on": "2024-03-05",
    "principal": "2000000.00",
    "annual_rate": "0.0365",
    "pledge_share": "1",
    "is_first_pledge": True,
}


def refs(response):
    return [row["ref"] for row in response.json()["results"]]


def everything():
    tables = (Project, Placement, Answer, Loan, Event)
    return {model: list(model.objects.order_by("pk").values()) for model in tables}


@pytest.mark.parametrize("rows", [1, 3])
def test_project_list_query_count(bank_client, django_assert_num_queries, rows):
    pushed_to(bank_client.bank, rows)

    with django_assert_num_queries(5):
        response = bank_client.get(PROJECTS)

    assert len(response.json()["results"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_project_detail_query_count(bank_client, django_assert_num_queries, rows):
    project = admitted_project(banks=[bank_client.bank])
    for _ in range(rows - 1):
        project.collateral.create(patent=PatentFactory())

    with django_assert_num_queries(6):
        response = bank_client.get(f"{PROJECTS}{project.ref}/")

    assert len(response.json()["patents"]) == rows


def pushed_to(bank, count=1):
    """Projects whose firms agreed to share them with this bank only."""
    made = [admitted_project(banks=[bank], recipients=[bank.organisation_id]) for _ in range(count)]
    return [project.ref for project in made]


def test_list_shows_what_was_pushed_to_this_bank_only(bank_client, project):
    pushed_to(bank_user())

    response = bank_client.get(PROJECTS)

    project.refresh_from_db()
    placement = project.placements.get()
    assert response.json() == {
        "next": None,
        "previous": None,
        "results": [
            {
                "ref": project.ref,
                "state": "pushed",
                "version": project.version,
                "product": placement.product.name,
                "amount": "3000000.00",
                "term_months": 12,
                "city_code": "370100",
                "pushed_at": placement.pushed_at.astimezone(clock.SHANGHAI).isoformat(),
                "updated_at": project.updated_at.astimezone(clock.SHANGHAI).isoformat(),
            }
        ],
    }


def test_pages_follow_a_cursor_and_miss_nothing(bank_client):
    made = pushed_to(bank_client.bank, 5)
    found, url = [], f"{PROJECTS}?page_size=2"

    while url:
        page = bank_client.get(url)
        found += refs(page)
        url = page.json()["next"]

    assert found == made


@pytest.mark.parametrize("size", ["101", "100000", "0", "-1", "x"])
def test_page_size_is_bounded(bank_client, size):
    assert bank_client.get(f"{PROJECTS}?page_size={size}").status_code == 200


def test_filters(bank_client, project):
    old = (clock.now() - dt.timedelta(hours=1)).isoformat()
    new = (clock.now() + dt.timedelta(hours=1)).isoformat()

    assert refs(bank_client.get(PROJECTS, {"state": "pushed"})) == [project.ref]
    assert refs(bank_client.get(PROJECTS, {"state": "lent"})) == []
    assert refs(bank_client.get(PROJECTS, {"updated_since": old})) == [project.ref]
    assert refs(bank_client.get(PROJECTS, {"updated_since": new})) == []


@pytest.mark.parametrize(
    "query", ["state=gone", "updated_since=yesterday", "cursor=abc", "cursor=cD1hYmM%3D", "sate=pushed", "state=%00"]
)
def test_wrong_filters_are_named(bank_client, query):
    response = bank_client.get(f"{PROJECTS}?{query}")

    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [query.partition("=")[0]]


@pytest.mark.parametrize("ref", ["%00", "%ED%A0%80", "a%20b", "..", "'"])
def test_references_that_none_can_have_are_not_found(bank_client, ref):
    response = bank_client.get(f"{PROJECTS}{ref}/")

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    "query",
    [
        "updated_since=0002-07-05T17:14:06-19:57",
        "updated_since=0001-01-01T00:00:00%2B23:59",
        "cursor=cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk%3D",
        "updated_since=9999-12-31T23:59:59-12:00",
        "page_size=%00",
    ],
)
def test_values_at_the_edge_give_an_empty_page_or_the_first(bank_client, query):
    assert bank_client.get(f"{PROJECTS}?{query}").status_code == 200


def test_an_answer_changes_updated_at_and_version(bank_client, project):
    before = bank_client.get(PROJECTS).json()["results"][0]

    bank_client.answer(project.ref, kind="accept")

    after = bank_client.get(PROJECTS, {"state": "accepted"}).json()["results"][0]
    assert after["version"] > before["version"]
    assert after["updated_at"] > before["updated_at"]


def test_detail_shows_what_the_firm_agreed_to_share(bank_client, project):
    response = bank_client.get(f"{PROJECTS}{project.ref}/")

    body = response.json()
    firm, patent = project.organisation, project.patents.get()
    assert response["ETag"] == f'"{body["version"]}"'
    assert body["firm"] == {
        "name": firm.name,
        "uscc": firm.uscc,
        "city_code": "370100",
        "city_name": "济南市",
        "address": "",
        "industry_code": "C3512",
        "employee_count": 120,
        "revenue_amount": "50000000.00",
        "assets_amount": "60000000.00",
    }
    assert body["patents"] == [
        {
            "number": patent.display_number,
            "kind": "invention",
            "title": patent.title,
            "main_class": "B23Q3/06",
            "applicant_names": firm.name,
            "filed_on": "2017-07-21",
            "granted_on": None,
            "legal_status": "valid",
        }
    ]
    assert (body["size_class"], body["purpose"], body["loan"]) == ("small", "采购原材料", None)
    assert body["consented_at"] is not None


def test_the_whole_life_of_a_loan(bank_client, project):
    url = f"{PROJECTS}{project.ref}/"

    assert bank_client.answer(project.ref, kind="accept").status_code == 201
    lent = bank_client.answer(project.ref, **LOAN)
    loan = bank_client.get(url).json()["loan"]
    repaid = bank_client.answer(project.ref, kind="repay", repaid_on="2025-03-05", interest_paid="73000.00")

    assert lent.json()["facts"]["principal"] == "2000000.00"
    assert loan == {
        "bank_ref": "HT-2024-001",
        "principal": "2000000.00",
        "balance": "2000000.00",
        "state": "running",
        "annual_rate": "0.036500",
        "drawn_on": "2024-03-06",
        "due_on": "2025-03-05",
        "repaid_on": None,
        "interest_paid": None,
    }
    assert (repaid.status_code, repaid.json()["state"]) == (201, "repaid")
    assert bank_client.get(url).json()["loan"]["interest_paid"] == "73000.00"
    assert [row.kind for row in Answer.objects.order_by("pk")] == ["accept", "lend", "repay"]


def test_refusing_needs_a_reason(bank_client, project):
    assert bank_client.answer(project.ref, kind="refuse").status_code == 400
    assert bank_client.answer(project.ref, kind="refuse", reason="额度不足").json()["state"] == "refused"


def test_answering_twice_with_other_keys_is_one_answer(bank_client, project):
    first = bank_client.answer(project.ref, kind="accept")
    second = bank_client.answer(project.ref, kind="accept")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert Answer.objects.count() == 1


def test_two_different_answers_of_one_kind_conflict(bank_client, project):
    bank_client.answer(project.ref, kind="accept")
    bank_client.answer(project.ref, **LOAN)
    before = everything()

    response = bank_client.answer(project.ref, **LOAN | {"principal": "1.00"})

    assert (response.status_code, response.json()["code"]) == (409, "answer_differs")
    assert everything() == before


@pytest.mark.parametrize("kind", ["unknown", "other_bank", "closed"])
def test_a_project_not_shared_with_this_bank_is_not_found(bank_client, project, kind):
    ref = f"{project.ref}9"
    if kind == "other_bank":
        (ref,) = pushed_to(bank_user())
    if kind == "closed":
        services.close_project(project_id=project.pk, by=firm_user_of(project))
        ref = project.ref
    before = everything()

    response = bank_client.answer(ref, kind="accept")

    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert response["Content-Type"] == "application/problem+json"
    assert bank_client.get(f"{PROJECTS}{ref}/").status_code == 404
    assert everything() == before


def firm_user_of(project):
    return project.organisation.users.get(role="sme")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"principal": 2000000.5}, "principal"),
        ({"principal": 2000000}, "principal"),
        ({"principal": "2000000.005"}, "principal"),
        ({"principal": "1e6"}, "principal"),
        ({"principal": "NaN"}, "principal"),
        ({"principal": "-1.00"}, "principal"),
        ({"annual_rate": "3.65"}, "annual_rate"),
        ({"annual_rate": 0.0365}, "annual_rate"),
        ({"drawn_on": "2024-02-30"}, "drawn_on"),
        ({"is_first_pledge": None}, "is_first_pledge"),
        ({"principle": "1.00"}, "principle"),
        ({"bank_ref": ""}, "bank_ref"),
    ],
)
def test_loan_facts_of_a_wrong_form_are_refused(bank_client, project, change, field):
    bank_client.answer(project.ref, kind="accept")
    before = everything()

    response = bank_client.answer(project.ref, **LOAN | change)

    assert response.status_code in (400, 422)
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert everything() == before


@pytest.mark.parametrize("body", [[], "accept", None, {}, {"kind": "approve"}, {"kind": ["accept"]}])
def test_a_body_without_a_known_kind_is_refused(bank_client, project, body):
    response = bank_client.post(
        f"{PROJECTS}{project.ref}/answers/", body, format="json", headers={"Idempotency-Key": "k" * 8}
    )

    assert response.status_code == 400
    assert not Answer.objects.exists()


def test_if_match_refuses_to_act_on_what_the_bank_has_not_seen(bank_client, project):
    tag = bank_client.get(f"{PROJECTS}{project.ref}/")["ETag"]
    stale = bank_client.answer(project.ref, headers={"If-Match": '"0"'}, kind="accept")
    fresh = bank_client.answer(project.ref, headers={"If-Match": tag}, kind="accept")
    gone = bank_client.answer(f"{project.ref}9", headers={"If-Match": tag}, kind="accept")

    assert [response.status_code for response in (stale, fresh, gone)] == [412, 201, 404]
    assert stale.json()["code"] == "precondition_failed"
    assert Answer.objects.count() == 1


def test_another_bank_that_lent_first(bank_client):
    other = bank_user()
    project = admitted_project(banks=[bank_client.bank, other])
    second = BankClient(other)
    answer(project, bank_client.bank, "accept")
    second.answer(project.ref, kind="accept")
    bank_client.answer(project.ref, **LOAN)

    response = second.answer(project.ref, **LOAN)

    assert (response.status_code, response.json()["code"]) == (409, "wrong_state")
    assert Loan.objects.count() == 1
