"""What the bank does beside answering: takes documents, acknowledges alerts, sends its daily statement."""

import datetime as dt
import hashlib
import logging
import time
from http import HTTPStatus
from typing import Any

from finance.sample_bank.client import PortalClient
from finance.sample_bank.ledger import Ledger

log = logging.getLogger("sample_bank")

DAY_SECONDS = 86_400
SHANGHAI = dt.timezone(dt.timedelta(hours=8))


class Desk:
    """Works off the ledger as the clerk does; what fails is tried again at the next round."""

    def __init__(self, ledger: Ledger, client: PortalClient) -> None:
        self._ledger, self._client = ledger, client
        self._next_statement = time.monotonic() + DAY_SECONDS

    def work(self) -> None:
        """One round. Raises httpx.HTTPError when the portal does not answer."""
        for alert_id in self._ledger.open_alerts():
            response = self._client.acknowledge(alert_id, idempotency_key=f"alert-{alert_id:08d}")
            self._ledger.acknowledged(alert_id, status=response.status_code)
        if self._ledger.statement_ordered.is_set() or time.monotonic() > self._next_statement:
            self._ledger.statement_ordered.clear()
            self._next_statement = time.monotonic() + DAY_SECONDS
            self._send_statement()

    def take_documents(self, ref: str) -> None:
        """Fetch each document of a project over its link, and check it against the fingerprint the portal names."""
        for document in self._client.documents(ref).json().get("results", []):
            link = self._client.link(
                ref, document["id"], idempotency_key=f"link-{ref}-{document['id']}-{time.time_ns()}"
            )
            if link.status_code != HTTPStatus.CREATED:
                continue
            content = self._client.download(link.json()["url"])
            is_sound = hashlib.sha256(content).hexdigest() == document["sha256"]
            self._ledger.keep_document(ref, document["id"], name=document["file_name"], is_sound=is_sound)

    def _send_statement(self) -> None:
        today = dt.datetime.now(tz=SHANGHAI)
        body: dict[str, Any] = {
            "number": f"DZ{today:%Y%m%d%H%M%S%f}",
            "day": str(today.date()),
            "lines": self._ledger.statement_lines(),
        }
        response = self._client.statement(body, idempotency_key=body["number"])
        differences = response.json().get("differences", []) if response.status_code == HTTPStatus.CREATED else []
        self._ledger.keep_statement(body["number"], status=response.status_code, differences=len(differences))
        log.info("statement %s: HTTP %s, %s differences", body["number"], response.status_code, len(differences))
