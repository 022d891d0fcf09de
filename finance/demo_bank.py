"""The sample bank's credentials and address, kept in one file of PORTAL_HOME that only its owner can read."""

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from portal.accounts.enums import OrganisationKind
from portal.accounts.models import Organisation, User
from portal.api.services import issue_credentials
from portal.demo.organisations import SAMPLE_BANK_NAME
from portal.outbox.models import Endpoint
from portal.outbox.services import change_endpoint, create_endpoint, rotate_secret

FILE_NAME = "sample_bank.json"


def credentials_file() -> Path:
    """Where the sample bank finds what it signs in with; made at the first load, never in the repository."""
    return settings.PORTAL_HOME / FILE_NAME


def read_credentials() -> dict[str, Any]:
    """The file's content; empty when there is none."""
    try:
        found: dict[str, Any] = json.loads(credentials_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


@transaction.atomic
def connect_sample_bank(*, by: User) -> None:
    """Let the sample bank's endpoint and credentials be those of this PORTAL_HOME and port.

    Changes nothing when they are. A file that was lost is made anew, with new secrets: the old ones were only there.
    """
    bank = Organisation.objects.get(name=SAMPLE_BANK_NAME, kind=OrganisationKind.BANK)
    url = f"http://127.0.0.1:{settings.SAMPLE_BANK_PORT}/webhooks"
    endpoint = Endpoint.objects.filter(organisation=bank).first()
    known = read_credentials()
    if endpoint is not None and known:
        if endpoint.url == url:
            return
        change_endpoint(endpoint_id=endpoint.pk, url=url, is_active=endpoint.is_active, by=by)
    else:
        known = _new_secrets(bank, endpoint, url, by)
    content = {
        **known,
        "portal_url": f"http://127.0.0.1:{settings.SAMPLE_BANK_PORT - 1}/",
        "port": settings.SAMPLE_BANK_PORT,
    }
    transaction.on_commit(lambda: _write(content))


def _new_secrets(bank: Organisation, endpoint: Endpoint | None, url: str, by: User) -> dict[str, Any]:
    if endpoint is None:
        endpoint, webhook_secret = create_endpoint(organisation=bank, url=url, by=by)
    else:
        change_endpoint(endpoint_id=endpoint.pk, url=url, is_active=endpoint.is_active, by=by)
        webhook_secret = rotate_secret(endpoint_id=endpoint.pk, by=by)
    issued = issue_credentials(organisation=bank, by=by)
    return {
        "client_id": issued.client_id,
        "client_secret": issued.client_secret,
        "webhook_secret": webhook_secret,
    }


def issue_bank_credentials(*, by: User) -> None:
    """Give every bank credentials. Nobody holds their secrets: the province issues them anew when asked."""
    for bank in Organisation.objects.filter(kind=OrganisationKind.BANK).order_by("pk"):
        issue_credentials(organisation=bank, by=by)


def _write(content: dict[str, Any]) -> None:
    path = credentials_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        json.dump(content, stream, indent=1)
    beside.replace(path)
