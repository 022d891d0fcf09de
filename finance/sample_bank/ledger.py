"""The bank's own books, in SQLite: pushes received, projects taken on, answers given."""

import datetime as dt
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

SERVER_ERROR, TOO_MANY = 500, 429
SCHEMA = """
CREATE TABLE IF NOT EXISTS pushes (
    webhook_id TEXT PRIMARY KEY, event TEXT, project_ref TEXT, times INTEGER NOT NULL DEFAULT 1, received_at TEXT
);
CREATE TABLE IF NOT EXISTS projects (
    ref TEXT PRIMARY KEY, step TEXT NOT NULL, next_at REAL, amount TEXT, term_months INTEGER, firm TEXT, error TEXT
);
CREATE TABLE IF NOT EXISTS answers (
    id INTEGER PRIMARY KEY, project_ref TEXT, kind TEXT, idempotency_key TEXT, status INTEGER, code TEXT, at TEXT
);
CREATE TABLE IF NOT EXISTS effects (id INTEGER PRIMARY KEY, webhook_id TEXT);
CREATE TABLE IF NOT EXISTS loans (
    project_ref TEXT PRIMARY KEY, principal TEXT NOT NULL, balance TEXT NOT NULL, interest TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS documents (document_id INTEGER PRIMARY KEY, project_ref TEXT, name TEXT, is_sound INTEGER);
CREATE TABLE IF NOT EXISTS alerts (alert_id INTEGER PRIMARY KEY, project_ref TEXT, severity TEXT, status INTEGER);
CREATE TABLE IF NOT EXISTS statements (number TEXT PRIMARY KEY, status INTEGER, differences INTEGER);
CREATE TABLE IF NOT EXISTS refusals (id INTEGER PRIMARY KEY, reason TEXT, at TEXT);
"""


def _now() -> str:
    return dt.datetime.now(tz=dt.UTC).isoformat(timespec="milliseconds")


class Ledger:
    """Every method is one transaction; the lock lets the server's threads share the connection."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.executescript(SCHEMA)
        self.statement_ordered = threading.Event()

    def receive(self, *, webhook_id: str, event: str, project_ref: str) -> bool:
        """Write down a push; False when it came before. A new project waits for its first step."""
        with self._lock, self._db:
            known = self._db.execute("UPDATE pushes SET times = times + 1 WHERE webhook_id = ?", (webhook_id,)).rowcount
            if known:
                return False
            self._db.execute(
                "INSERT INTO pushes (webhook_id, event, project_ref, received_at) VALUES (?, ?, ?, ?)",
                (webhook_id, event, project_ref, _now()),
            )
            # What the bank does on a push; counted, so that doing it twice would show.
            self._db.execute("INSERT INTO effects (webhook_id) VALUES (?)", (webhook_id,))
            if event == "finance.placement.pushed":
                self._db.execute(
                    "INSERT OR IGNORE INTO projects (ref, step, next_at) VALUES (?, 'accept', ?)",
                    (project_ref, time.time()),
                )
            if event == "finance.placement.withdrawn":
                self._db.execute("UPDATE projects SET step = 'withdrawn', next_at = NULL WHERE ref = ?", (project_ref,))
            return True

    def alert(self, alert_id: int, *, project_ref: str, severity: str) -> None:
        """Write down an alert that was pushed; the desk acknowledges it."""
        with self._lock, self._db:
            self._db.execute("INSERT OR IGNORE INTO alerts VALUES (?, ?, ?, NULL)", (alert_id, project_ref, severity))

    def open_alerts(self) -> list[int]:
        """Alerts that the portal has not taken the acknowledgement of."""
        with self._lock:
            return [int(row[0]) for row in self._db.execute("SELECT alert_id FROM alerts WHERE status IS NULL")]

    def acknowledged(self, alert_id: int, *, status: int) -> None:
        """Write down what the portal said to an acknowledgement; what it could not take is tried again."""
        if status < SERVER_ERROR and status != TOO_MANY:
            with self._lock, self._db:
                self._db.execute("UPDATE alerts SET status = ? WHERE alert_id = ?", (status, alert_id))

    def keep_document(self, ref: str, document_id: int, *, name: str, is_sound: bool) -> None:
        """Write down a document that was fetched, and whether it is what the portal said."""
        row = (document_id, ref, name, is_sound)
        with self._lock, self._db:
            self._db.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)", row)

    def statement_lines(self) -> list[dict[str, str]]:
        """All loans as they stand now, for the statement of a day."""
        with self._lock:
            rows = self._db.execute("SELECT project_ref, principal, balance FROM loans ORDER BY project_ref").fetchall()
        return [{**dict(row), "state": "closed" if row["balance"] == "0.00" else "running"} for row in rows]

    def keep_statement(self, number: str, *, status: int, differences: int) -> None:
        """Write down a statement and how many differences the portal found."""
        with self._lock, self._db:
            self._db.execute("INSERT INTO statements VALUES (?, ?, ?)", (number, status, differences))

    def refuse(self, reason: str) -> None:
        """Write down a push that could not be verified."""
        with self._lock, self._db:
            self._db.execute("INSERT INTO refusals (reason, at) VALUES (?, ?)", (reason, _now()))

    def due(self) -> list[dict[str, Any]]:
        """Projects whose next step has come."""
        with self._lock:
            rows = self._db.execute("SELECT * FROM projects WHERE next_at <= ? ORDER BY next_at", (time.time(),))
            return [dict(row) for row in rows]

    def waiting(self) -> int:
        """How many projects have a next step to come by itself."""
        with self._lock:
            row = self._db.execute("SELECT count(*) FROM projects WHERE next_at IS NOT NULL").fetchone()
            return int(row[0])

    def learn(self, ref: str, *, amount: str, term_months: int, firm: str) -> None:
        """Keep what the portal tells about a project."""
        with self._lock, self._db:
            self._db.execute(
                "UPDATE projects SET amount = ?, term_months = ?, firm = ? WHERE ref = ?",
                (amount, term_months, firm, ref),
            )

    def move(self, ref: str, step: str, *, after: float | None, error: str = "") -> None:
        """Set a project's next step, due `after` seconds from now; None waits for somebody's order."""
        next_at = None if after is None else time.time() + after
        with self._lock, self._db:
            self._db.execute(
                "UPDATE projects SET step = ?, next_at = ?, error = ? WHERE ref = ?", (step, next_at, error, ref)
            )

    def answered(self, *, ref: str, kind: str, key: str, status: int, code: str) -> None:
        """Write down an answer and what the portal said to it."""
        with self._lock, self._db:
            self._db.execute(
                "INSERT INTO answers (project_ref, kind, idempotency_key, status, code, at) VALUES (?, ?, ?, ?, ?, ?)",
                (ref, kind, key, status, code, _now()),
            )

    def lend(self, ref: str, *, principal: str) -> None:
        """Write down a loan that the portal has taken note of; once, however often it was told."""
        with self._lock, self._db:
            self._db.execute("INSERT OR IGNORE INTO loans VALUES (?, ?, ?, '0.00')", (ref, principal, principal))

    def repaid(self, ref: str, *, balance: str, interest: str) -> None:
        """Write down what is owed and paid on a loan now."""
        with self._lock, self._db:
            self._db.execute(
                "UPDATE loans SET balance = ?, interest = ? WHERE project_ref = ?", (balance, interest, ref)
            )

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """All the books, as the status page shows them."""
        tables = {
            "pushes": "rowid",
            "projects": "ref",
            "answers": "id",
            "loans": "project_ref",
            "effects": "id",
            "refusals": "id",
            "documents": "document_id",
            "alerts": "alert_id",
            "statements": "number",
        }
        with self._lock:
            return {
                name: [dict(row) for row in self._db.execute(f"SELECT * FROM {name} ORDER BY {order}")]  # noqa: S608
                for name, order in tables.items()
            }
