"""The processes of a drill: the web server, workers and banks, killed and started again at will."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx

from portal.embedded import processes

START_SECONDS = 60.0
TIMEOUT_SECONDS = "1"
READ_ATTEMPTS, READ_SECONDS = 5, 30.0


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """One program with a log of its own."""

    def __init__(self, name: str, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        self.command, self.environment = [sys.executable, *command], {**os.environ, **environment}
        self.log = folder / f"{name}.log"
        self.running: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start the program, anew after a kill."""
        with self.log.open("ab") as log:
            self.running = processes.start(self.command, log=log.fileno(), environment=self.environment)

    def kill(self) -> None:
        """SIGKILL to the whole group, as a crash would."""
        if self.running is not None:
            processes.kill_group(self.running)
            self.running = None

    def require_alive(self) -> None:
        """Raise RuntimeError with its log when it ended by itself: nothing would come to rest any more."""
        if self.running is not None and (status := self.running.poll()) is not None:
            raise RuntimeError(f"{self.log.name} ended with {status}: {self.log.read_text(errors='replace')[-2000:]}")

    def wait(self, condition: Callable[[], bool]) -> None:
        """Return when it is up; raise RuntimeError with its log when it does not come."""
        if not processes.wait_until(condition, seconds=START_SECONDS):
            raise RuntimeError(f"{self.log.name}: {self.log.read_text(errors='replace')[-2000:]}")


def web(folder: Path, port: int, environment: Mapping[str, str]) -> Process:
    """The portal's web server. Rates are lifted: the drill's banks ask more than a bank may."""
    command = ["-m", "gunicorn", "portal.wsgi:application", f"--bind=127.0.0.1:{port}", "--workers=2", "--threads=4"]
    lifted = {"API_READ_RATE": "100000/min", "API_WRITE_RATE": "100000/min", "PORT": str(port)}
    server = Process("web", [*command, "--no-control-socket"], folder, {**environment, **lifted})
    server.wait(lambda: _answers(f"http://127.0.0.1:{port}/health/live"))
    return server


def worker(folder: Path, environment: Mapping[str, str]) -> Process:
    """A Celery worker with beat; an unanswered push is given up after TIMEOUT_SECONDS."""
    command = ["-m", "celery", "-A", "portal", "worker", "--beat", "--concurrency=1", "--loglevel=WARNING"]
    lean = {"WEBHOOK_TIMEOUT_SECONDS": TIMEOUT_SECONDS, "EMBEDDINGS_URL": "off"}
    arguments = [*command, f"--schedule={folder}/beat", "--without-mingle"]
    return Process("worker", arguments, folder, {**environment, **lean})


class Bank(Process):
    """A sample bank with books that outlive it."""

    def __init__(self, name: str, credentials: dict[str, Any], folder: Path) -> None:
        file = folder / f"{name}.json"
        file.write_text(json.dumps(credentials), encoding="utf-8")
        self.url = f"http://127.0.0.1:{credentials['port']}"
        options = [
            f"--credentials={file}",
            f"--ledger={folder / name}.sqlite3",
            "--lend-after=0.2",
            "--repay-after=0.2",
        ]
        super().__init__(name, ["-m", "finance.sample_bank", *options], folder, {})
        self.wait(self.is_up)

    def is_up(self) -> bool:
        """Whether it answers."""
        return _answers(f"{self.url}/")

    def misbehave(self, fault: str, times: int) -> None:
        """Switch a fault on."""
        self._control({"fault": fault, "count": times})

    def behave(self) -> None:
        """Switch every fault off."""
        self._control({"clear": True})

    def books(self) -> dict[str, Any]:
        """All that the bank has written down."""
        return self._read("ledger")

    def waiting(self) -> int:
        """How many projects it still has to answer; asked often, so the books are not sent for it."""
        return int(self._read("waiting")["waiting"])

    def _read(self, path: str) -> dict[str, Any]:
        """What it shows; asked again while a busy machine lets it not answer in time."""
        for attempt in range(READ_ATTEMPTS):
            try:
                found: dict[str, Any] = httpx.get(f"{self.url}/{path}", timeout=READ_SECONDS, trust_env=False).json()
            except httpx.HTTPError:
                if attempt == READ_ATTEMPTS - 1:
                    raise
            else:
                return found
        raise AssertionError("unreachable")

    def _control(self, order: dict[str, Any]) -> None:
        httpx.post(f"{self.url}/control", json=order, timeout=10, trust_env=False).raise_for_status()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).is_success
    except httpx.HTTPError:
        return False
