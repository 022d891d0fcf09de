"""The bank's clerk: takes each project through accept, lend and, when told or after a time, repayments."""

import datetime as dt
import logging
import threading
import uuid
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from http import HTTPStatus
from typing import Any

import httpx

from finance.sample_bank.client import PortalClient
from finance.sample_bank.desk import Desk
from finance.sample_bank.faults import Faults
from finance.sample_bank.ledger import Ledger

log = logging.getLogger("sample_bank")

RATE = Decimal("0.0365")
RETRY_SECONDS = 2.0
BATCH = 50
# Not answers but invitations to try again, with the same idempotency key.
RETRIED = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
SHANGHAI = dt.timezone(dt.timedelta(hours=8))


class Clerk(threading.Thread):
    """Works off the ledger: a clerk that dies goes on where the ledger stands."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        client: PortalClient,
        faults: Faults,
        lend_after: float,
        repay_after: float | None = None,
    ) -> None:
        super().__init__(daemon=True, name="clerk")
        self._ledger, self._client, self._faults = ledger, client, faults
        self._lend_after, self._repay_after = lend_after, repay_after
        self._stop_asked = threading.Event()
        self._desk = Desk(ledger, client)

    def run(self) -> None:
        while not self._stop_asked.wait(0.1):
            due = self._ledger.due()
            waiting = [project for project in due if project["step"] == "accept"]
            if len(waiting) > 1 and not self._faults.names():
                self._try(self._accept_together, waiting)
                continue
            for project in due:
                self._work_on(project)
            self._try(self._desk.work)

    def stop(self) -> None:
        self._stop_asked.set()

    def _work_on(self, project: dict[str, Any]) -> None:
        try:
            self._take_step(project)
        except (httpx.HTTPError, KeyError, ValueError) as error:
            log.warning("portal not reached: %s", type(error).__name__)
            self._ledger.move(project["ref"], project["step"], after=RETRY_SECONDS, error=type(error).__name__)

    def _try(self, act: Callable[..., None], *given: Any) -> None:
        try:
            act(*given)
        except (httpx.HTTPError, KeyError, ValueError) as error:
            log.warning("portal not reached: %s", type(error).__name__)

    def _accept_together(self, projects: list[dict[str, Any]]) -> None:
        """Several projects that wait for their acceptance: one request, a result for each."""
        chosen = [project for project in projects[:BATCH] if project["amount"] is not None or self._fetch(project)]
        if not chosen:
            return
        items = [
            {"operation": "answer", "project_ref": project["ref"], "body": {"kind": "accept"}} for project in chosen
        ]
        key = f"batch-{uuid.uuid4()}"
        response = self._client.batch(items, idempotency_key=key)
        if response.status_code != HTTPStatus.OK:
            for project in chosen:
                self._after(project["ref"], "accept", response.status_code, _code(response))
            return
        for project, result in zip(chosen, response.json()["results"], strict=True):
            status, code = result["status"], result["body"].get("code", "")
            self._ledger.answered(ref=project["ref"], kind="accept", key=key, status=status, code=code)
            self._after(project["ref"], "accept", status, code)

    def _take_step(self, project: dict[str, Any]) -> None:
        ref, step = project["ref"], project["step"]
        if project["amount"] is None and not self._fetch(project):
            return
        if self._faults.strikes("wrong_project"):
            self._answer(f"{ref}X", {"kind": "accept"}, key=f"wrong-{uuid.uuid4()}")
        body = self._body(step, project)
        # One key per decision: however often it is sent, it is the same decision.
        status, code = self._answer(ref, body, key=f"{ref}:{step}")
        if self._faults.strikes("duplicate_same_key"):
            self._answer(ref, body, key=f"{ref}:{step}")
        if self._faults.strikes("duplicate_new_key"):
            self._answer(ref, body, key=f"{ref}:{step}:{uuid.uuid4()}")
        if status < HTTPStatus.BAD_REQUEST:
            self._book(step, project)
        self._after(ref, step, status, code)

    def _book(self, step: str, project: dict[str, Any]) -> None:
        """Keep the bank's own account of the loan."""
        if step == "lend":
            self._ledger.lend(project["ref"], principal=project["amount"])
        elif step == "part":
            rest = Decimal(project["amount"]) - _part(project)
            self._ledger.repaid(project["ref"], balance=str(rest), interest="0.00")
        elif step == "repay":
            self._ledger.repaid(project["ref"], balance="0.00", interest=_interest(project))

    def _fetch(self, project: dict[str, Any]) -> bool:
        response = self._client.project(project["ref"])
        if response.status_code != HTTPStatus.OK:
            self._after(project["ref"], project["step"], response.status_code, _code(response))
            return False
        found = response.json()
        facts = {"amount": found["amount"], "term_months": found["term_months"], "firm": found["firm"]["name"]}
        self._ledger.learn(project["ref"], **facts)
        project.update(facts)
        self._desk.take_documents(project["ref"])
        return True

    def _answer(self, ref: str, body: dict[str, Any], *, key: str) -> tuple[int, str]:
        send = self._client.report if body["kind"] == "repayment" else self._client.answer
        response = send(ref, body, idempotency_key=key)
        code = _code(response)
        self._ledger.answered(ref=ref, kind=body["kind"], key=key, status=response.status_code, code=code)
        return response.status_code, code

    def _after(self, ref: str, step: str, status: int, code: str) -> None:
        is_running = status == HTTPStatus.CONFLICT and code == "in_progress"
        if status in RETRIED or is_running or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self._ledger.move(ref, step, after=RETRY_SECONDS, error=f"HTTP {status}")
        elif status >= HTTPStatus.BAD_REQUEST:
            self._ledger.move(ref, "failed", after=None, error=f"{step}: HTTP {status} {code}")
        elif step == "accept":
            self._ledger.move(ref, "lend", after=self._lend_after)
        elif step == "lend" and self._repay_after is not None:
            self._ledger.move(ref, "part", after=self._repay_after)
        elif step == "part":
            self._ledger.move(ref, "repay", after=self._repay_after)
        else:
            self._ledger.move(ref, {"lend": "lent", "repay": "repaid"}[step], after=None)

    def _body(self, step: str, project: dict[str, Any]) -> dict[str, Any]:
        today = dt.datetime.now(tz=SHANGHAI).date()
        if step == "accept":
            return {"kind": "accept"}
        if step == "part":
            number = f"R1-{project['ref']}"
            return {"kind": "repayment", "number": number, "on": str(today), "principal": str(_part(project))}
        if step == "repay":
            return {"kind": "repay", "repaid_on": str(today), "interest_paid": _interest(project)}
        return {
            "kind": "lend",
            "bank_ref": f"JK-{project['ref']}",
            "contract_date": str(today),
            "drawn_on": str(today),
            "due_on": str(today + dt.timedelta(days=30 * project["term_months"])),
            "pledge_registered_on": str(today),
            "principal": project["amount"],
            "annual_rate": str(RATE),
            "pledge_share": "1",
            "is_first_pledge": True,
        }


def _part(project: dict[str, Any]) -> Decimal:
    """A third of the principal, repaid before the rest."""
    return (Decimal(project["amount"]) / 3).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _interest(project: dict[str, Any]) -> str:
    """Interest of the whole term: this bank asks for all of it, also when it is repaid early."""
    interest = Decimal(project["amount"]) * RATE * project["term_months"] / 12
    return str(interest.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def _code(response: httpx.Response) -> str:
    if response.headers.get("content-type", "").startswith("application/problem+json"):
        return str(response.json()["code"])
    return ""
