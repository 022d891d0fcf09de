"""A bank process that the portal's live server and worker talk to."""

import pytest

from portal.api.services import issue_credentials
from portal.outbox.models import Delivery
from tests.factories.accounts import bank_user, province_user
from tests.factories.finance import admitted_project
from tests.factories.outbox import endpoint
from tests.processes import Bank, free_port


@pytest.fixture
def credentials(live_server):
    """What the province gives a bank; `bank` is its machine user."""
    bank, port = bank_user(), free_port()
    issued = issue_credentials(organisation=bank.organisation, by=province_user())
    _, secret = endpoint(f"http://127.0.0.1:{port}/webhooks", organisation=bank.organisation)
    return {
        "client_id": issued.client_id,
        "client_secret": issued.client_secret,
        "webhook_secret": secret,
        "portal_url": live_server.url,
        "port": port,
        "bank": bank,
    }


@pytest.fixture
def start_bank(credentials, tmp_path):
    running = []
    written = {name: value for name, value in credentials.items() if name != "bank"}

    def start(*options):
        running.append(Bank(tmp_path / "bank", written, *options))
        return running[-1]

    yield start
    for bank in running:
        bank.kill()


@pytest.fixture
def push(credentials):
    """Admit a project, so that it is pushed to the bank; returns the delivery."""

    def admit():
        project = admitted_project(banks=[credentials["bank"]])
        return Delivery.objects.get(key=project.ref, endpoint__isnull=False)

    return admit
