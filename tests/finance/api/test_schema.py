from pathlib import Path

import pytest
import yaml
from django.test import Client

COMMITTED = Path(__file__).parents[3] / "docs/api/openapi.yaml"


def test_the_document_is_openapi_3_1_with_problems_and_keys():
    document = yaml.safe_load(COMMITTED.read_text())

    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert document["openapi"] == "3.1.0"
    assert sorted(operation["operationId"] for operation in operations) == [
        "acknowledgeCollateralAlert",
        "answerProject",
        "createDocumentLink",
        "downloadDocument",
        "getLoan",
        "getProject",
        "listCollateralAlerts",
        "listDocuments",
        "listLegalEvents",
        "listLoans",
        "listPledgedPatents",
        "listProjects",
        "listStatements",
        "recordLoanEntry",
        "reportLegalEvent",
        "submitBatch",
        "submitStatement",
    ]
    for operation in operations:
        problem = operation["responses"]["404"]["content"]["application/problem+json"]["schema"]["$ref"]
        assert problem == "#/components/schemas/Problem"
    answer = document["paths"]["/api/v1/projects/{ref}/answers/"]["post"]
    assert [part["name"] for part in answer["parameters"]] == ["If-Match", "ref", "Idempotency-Key"]


@pytest.mark.django_db
def test_the_document_and_its_page_are_public_and_need_no_other_host():
    schema, page = Client().get("/api/v1/schema/"), Client().get("/api/v1/docs/")

    assert (schema.status_code, page.status_code) == (200, 200)
    html = page.content.decode()
    assert "http://" not in html
    assert "https://" not in html
    assert "<script>" not in html
    assert "style=" not in html
