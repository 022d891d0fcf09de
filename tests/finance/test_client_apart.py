"""A client that knows only docs/bank-integration.md and docs/api/openapi.yaml takes a loan through its whole life.

It imports nothing of finance: every address is looked up in the OpenAPI file, and every answer is held against it.
"""

import hashlib
import itertools
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile

from portal import clock
from portal.api.services import issue_credentials
from tests.factories.accounts import bank_user, province_user
from tests.factories.finance import admitted_project
from tests.in_process import transport

pytestmark = pytest.mark.django_db
DOCUMENT = Path(__file__).parents[2] / "docs/api/openapi.yaml"


class Apart:
    """Finds operations by their operationId and checks what comes back against the document."""

    def __init__(self, credentials):
        self.schema = schemathesis.openapi.from_path(DOCUMENT)
        self.operations = {
            operation["operationId"]: (path, method)
            for path, methods in self.schema.raw_schema["paths"].items()
            for method, operation in methods.items()
            if isinstance(operation, dict) and "operationId" in operation
        }
        self.http = httpx.Client(base_url="http://testserver", transport=transport(), trust_env=False)
        answer = self.http.post(
            "/api/v1/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(credentials.client_id, credentials.client_secret),
        )
        self.token = answer.json()["access_token"]
        self.numbers = itertools.count(1)

    def call(self, operation, body=None, expect=None, query=None, **places):
        path, method = self.operations[operation]
        headers = {"Authorization": f"Bearer {self.token}"}
        if method == "post":
            headers["Idempotency-Key"] = f"apart-{next(self.numbers):06d}"
        response = self.http.request(method, path.format(**places), json=body, params=query, headers=headers)
        assert response.status_code == (expect or (201 if method == "post" else 200)), response.text
        response.elapsed = timedelta(0)  # not measured in process
        # An answer that the document does not describe raises here.
        self.schema[path][method].validate_response(response)
        return response.json()


@pytest.fixture
def pushed():
    bank = bank_user()
    project = admitted_project(banks=[bank])
    from finance.services import attach_paper  # what the firm did; the client below knows nothing of it

    attach_paper(
        project_id=project.pk,
        by=project.organisation.users.get(),
        purpose="licence",
        file=SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF\n"),
        file_name="营业执照.pdf",
    )
    return Apart(issue_credentials(organisation=bank.organisation, by=province_user()))


def day(number):
    return str(clock.today() - timedelta(days=number))


def test_the_whole_life_of_a_loan(pushed):
    api = pushed
    (row,) = api.call("listProjects", query={"state": "pushed"})["results"]
    ref = row["ref"]
    project = api.call("getProject", ref=ref)
    (patent,) = api.call("listPledgedPatents", ref=ref)["results"]
    assert (patent["number"], patent["days_to_lapse"] > 0) == (project["patents"][0]["number"], True)
    (document,) = api.call("listDocuments", ref=ref)["results"]
    link = api.call("createDocumentLink", {}, ref=ref, document_id=document["id"])
    assert hashlib.sha256(api.http.get(link["url"]).content).hexdigest() == document["sha256"]

    def say(kind, expect=None, **facts):
        return api.call("answerProject", {"kind": kind, **facts}, expect, ref=ref)

    say("accept")
    say("papers", papers=["上年度财务报表"], note="加盖公章")
    say("approve", amount="2000000.00", annual_rate="0.0365", lpr_base="0.0300", term_months=12)
    say(
        "lend", bank_ref="HT-1", contract_date=day(400), drawn_on=day(399), due_on=day(35),
        pledge_registered_on=day(400), principal="2000000.00", annual_rate="0.0365", pledge_share="1",
        is_first_pledge=True, first_draw="1500000.00", settlement="quarter",
    )  # fmt: skip

    def enter(kind, expect=None, **facts):
        number = f"LS{next(api.numbers):04d}"
        return api.call("recordLoanEntry", {"kind": kind, "number": number, **facts}, expect, ref=ref)

    enter("draw", on=day(300), principal="500000.00")
    enter("rate", on=day(200), annual_rate="0.0345")
    period = {"period_from": day(399), "period_to": day(309)}
    told = enter("interest", on=day(309), interest="13687.50", **period)
    assert told["computed_interest"] == "13687.50"
    enter("overdue", on=day(60), principal="0.00", interest="100.00")
    enter("cured", on=day(50))
    enter("extension", on=day(40), due_on=str(clock.today() + timedelta(days=90)), note="客户回款推迟")
    wrong = enter("repayment", on=day(20), principal="600000.00")
    refused = enter("repayment", expect=422, on=day(20), principal="1500000.00")
    assert refused["code"] == "invalid"
    enter("reversal", on=day(19), reverses=wrong["number"], note="金额录错")
    results = api.call(
        "submitBatch",
        {"items": [
            {"operation": "entry", "project_ref": ref, "body": {
                "kind": "repayment", "number": "B1", "on": day(18), "principal": "500000.00"}},
            {"operation": "entry", "project_ref": ref, "body": {"kind": "closed", "number": "B2", "on": day(17)}},
        ]},
        200,
    )["results"]  # fmt: skip
    assert [one["status"] for one in results] == [201, 422]

    line = {"project_ref": ref, "principal": "2000000.00", "balance": "1500000.00", "state": "running"}
    assert api.call("submitStatement", {"number": "DZ1", "day": day(0), "lines": [line]})["differences"] == []
    enter("repayment", on=day(1), principal="1500000.00", interest="40000.00")
    enter("closed", on=day(0))

    loan = api.call("getLoan", ref=ref)
    assert (loan["state"], loan["balance"], loan["interest_paid"]) == ("closed", "0.00", "53687.50")
    assert loan["original_due_on"] == day(35)
    assert api.call("getProject", ref=ref)["state"] == "repaid"
    assert [one["state"] for one in api.call("listLoans")["results"]] == ["closed"]
    assert [one["number"] for one in api.call("listStatements")["results"]] == ["DZ1"]
    assert api.call("listCollateralAlerts")["results"] == []
