"""The committed OpenAPI file against the running interface: no 500, no answer that the file does not describe."""

import os
from pathlib import Path

import pytest
import schemathesis
import yaml
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.factories.accounts import bank_user
from tests.factories.api import BankClient
from tests.factories.finance import admitted_project, lent_project

pytestmark = pytest.mark.django_db
COMMITTED = Path(__file__).parents[3] / "docs/api/openapi.yaml"
# A longer run for a release: CONTRACT_EXAMPLES=1000.
EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "12"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SCHEMA = schemathesis.openapi.from_dict(yaml.safe_load(COMMITTED.read_text()))
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}


@pytest.fixture
def projects():
    """A bank with a project that waits and one that is lent on; its token."""
    bank = bank_user()
    waiting, (lent, _) = admitted_project(banks=[bank]), lent_project(bank=bank)
    return [waiting.ref, lent.ref, "RZ2026-999999"], BankClient(bank).token.token


@pytest.fixture
def app():
    """The portal as a WSGI application, on the connection of the test's own transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("label", OPERATIONS)
def test_the_interface_answers_as_the_file_says(label, app, projects, monkeypatch):
    monkeypatch.setattr(SCHEMA, "app", app)
    refs, token = projects

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(OPERATIONS[label].as_strategy(), st.sampled_from([*refs, None]))
    def answers(case, ref):
        if ref and "ref" in (case.path_parameters or {}):
            case.path_parameters["ref"] = ref
        case.call_and_validate(app=app, headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)

    answers()
