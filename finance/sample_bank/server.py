"""What the bank shows to the world: an address for pushes, its ledger, and a control address."""

import html
import json
import logging
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from finance.sample_bank.faults import KINDS, Faults
from finance.sample_bank.ledger import Ledger

log = logging.getLogger("sample_bank")

LIMIT_BYTES = 64 * 1024
SILENCE_SECONDS = 60
WRONG_SECRET = "whsec_" + "AAAA" * 8


class BankServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], *, secret: str, ledger: Ledger, faults: Faults) -> None:
        super().__init__(address, Handler)
        self.secret, self.ledger, self.faults = secret, ledger, faults


class Handler(BaseHTTPRequestHandler):
    server: BankServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LIMIT_BYTES:
            self.close_connection = True
            self._reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(length)
        if self.path == "/webhooks":
            self._receive(body)
        elif self.path == "/control":
            self._control(body)
        else:
            self._reply(HTTPStatus.NOT_FOUND)

    def do_GET(self) -> None:
        if self.path == "/ledger":
            books: dict[str, Any] = dict(self.server.ledger.everything())
            self._reply(HTTPStatus.OK, {**books, "faults": self.server.faults.names()})
        elif self.path == "/waiting":
            self._reply(HTTPStatus.OK, {"waiting": self.server.ledger.waiting()})
        elif self.path == "/":
            self._page()
        else:
            self._reply(HTTPStatus.NOT_FOUND)

    def _receive(self, body: bytes) -> None:
        """Verify, write down, say yes. The work itself comes later: the portal does not wait for it."""
        faults = self.server.faults
        if faults.strikes("down"):
            self.close_connection = True
            return
        if faults.strikes("error500"):
            self._reply(HTTPStatus.INTERNAL_SERVER_ERROR)
            return
        secret = WRONG_SECRET if faults.strikes("wrong_key") else self.server.secret
        try:
            message = Webhook(secret).verify(body, dict(self.headers))
        except (WebhookVerificationError, ValueError) as error:
            self.server.ledger.refuse(str(error))
            self._reply(HTTPStatus.UNAUTHORIZED)
            return
        is_new = self.server.ledger.receive(
            webhook_id=self.headers["webhook-id"], event=message["type"], project_ref=message["data"]["project_ref"]
        )
        if message["type"] == "finance.collateral.alerted":
            data = message["data"]
            self.server.ledger.alert(data["alert_id"], project_ref=data["project_ref"], severity=data["severity"])
        log.info("push %s %s%s", message["type"], message["data"]["project_ref"], "" if is_new else " (again)")
        if faults.strikes("timeout"):
            # The hard case: the bank has it, and the portal cannot know.
            time.sleep(SILENCE_SECONDS)
            self.close_connection = True
            return
        self._reply(HTTPStatus.NO_CONTENT)

    def _control(self, body: bytes) -> None:
        """`{"fault": "error500", "count": 3}`, `{"fault": ..., "seconds": 10}`, `{"clear": true}`, `{"repay": ref}`, `{"statement": true}`."""
        try:
            order = json.loads(body)
            if "fault" in order:
                self.server.faults.switch_on(order["fault"], count=order.get("count"), seconds=order.get("seconds"))
            if order.get("clear"):
                self.server.faults.clear()
            if order.get("statement"):
                self.server.ledger.statement_ordered.set()
            if "repay" in order:
                self.server.ledger.move(order["repay"], "repay", after=0)
        except (ValueError, TypeError, AttributeError) as error:
            self._reply(HTTPStatus.BAD_REQUEST, {"error": str(error)})
            return
        self._reply(HTTPStatus.OK, {"faults": self.server.faults.names()})

    def _page(self) -> None:
        books = self.server.ledger.everything()
        tables = "".join(f"<h2>{title}</h2>{_table(books[name])}" for name, title in TITLES.items())
        faults = "、".join(KINDS[name] for name in self.server.faults.names()) or "无"
        page = f"<!doctype html><html lang=zh-Hans><meta charset=utf-8><title>示例银行</title><h1>示例银行</h1><p>当前故障：{faults}</p>{tables}"
        self._reply(HTTPStatus.OK, page.encode(), "text/html; charset=utf-8")

    def _reply(self, status: HTTPStatus, body: Any = None, content_type: str = "application/json") -> None:
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        if raw:
            self.send_header("Content-Type", content_type)
        if status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        log.debug(format, *args)


TITLES = {
    "projects": "项目",
    "loans": "贷款",
    "answers": "答复",
    "pushes": "收到的推送",
    "refusals": "未通过验证的推送",
    "documents": "取得的材料",
    "alerts": "质押物预警",
    "statements": "报送的对账单",
}


def _table(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "<p>无</p>"
    head = "".join(f"<th>{html.escape(name)}" for name in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape('' if value is None else str(value))}" for value in row.values())
        for row in rows
    )
    return f"<table border=1><tr>{head}{body}</table>"
