"""The guide's own program, run as it stands against the web server: from credentials to a closed loan."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from finance.models import Loan
from portal.api.services import issue_credentials
from tests.factories.accounts import bank_user, province_user
from tests.factories.finance import admitted_project

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
GUIDE = Path(__file__).parents[2] / "docs/bank-integration.md"


def test_the_guides_program_takes_a_project_from_push_to_closed_loan(live_server):
    bank = bank_user()
    issued = issue_credentials(organisation=bank.organisation, by=province_user())
    project = admitted_project(banks=[bank])
    program = re.search(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)[1]
    given = {"PORTAL": live_server.url, "REF": project.ref}
    keys = {"CLIENT_ID": issued.client_id, "CLIENT_SECRET": issued.client_secret, "no_proxy": "*"}

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env={**os.environ, **given, **keys},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.stderr, done.stdout) == ("", "closed\n")
    loan = Loan.objects.get()
    assert (loan.principal, loan.balance, loan.state) == (project.amount, 0, "closed")
