"""Real processes for tests: a Celery worker on the test database, a sample bank."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.db import connection, transaction

ROOT = Path(__file__).parents[1]


def wait_until(condition, seconds=30.0):
    """The first true value of `condition`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if found := condition():
                return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _others_at_work():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' "
            "AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]


class Process:
    """A process group of the test's own, its output in a file that a failing test prints."""

    def __init__(self, arguments, log, env):
        self.log = log
        self._output = log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=env,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def kill(self):
        """SIGKILL to all of it, as a crash or an impatient operator would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        self._output.close()

    def pause(self):
        """Stop all of it at a moment when nobody else is at work in the database: a flush must wait for nobody."""
        wait_until(self._stopped_while_quiet)

    def resume(self):
        os.killpg(self._process.pid, signal.SIGCONT)

    def _stopped_while_quiet(self):
        os.killpg(self._process.pid, signal.SIGSTOP)
        if not _others_at_work():
            return True
        self.resume()
        return False

    def wait_for_start(self, condition):
        try:
            wait_until(lambda: self._process.poll() is not None or condition())
            assert self._process.poll() is None, self.log.read_text()[-2000:]
        except AssertionError:
            self.kill()
            raise


class Worker(Process):
    """One Celery worker with beat."""

    def __init__(self, folder):
        folder.mkdir(exist_ok=True)
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "DATABASE_URL": database.geturl(),
            "PORTAL_HOME": str(folder),
            "WEBHOOK_TIMEOUT_SECONDS": "2",
            "EMBEDDINGS_URL": "off",
            # The worker must read what the test's process has encrypted.
            "ENCRYPTION_KEYS": ",".join(settings.ENCRYPTION_KEYS),
        }
        arguments = ["worker", "--beat", "--concurrency=1", f"--schedule={folder}/beat", "--loglevel=INFO"]
        super().__init__(["-m", "celery", "-A", "portal", *arguments], folder / "worker.log", env)
        self.wait_for_start(lambda: "ready." in self.log.read_text())


def kill_while_writing(table, start, folder):
    """A worker takes up what `start` gives it and is killed when it is about to write to `table`."""

    def waits_for_the_table():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE relation = %s::regclass AND NOT granted", [table])
            return cursor.fetchone()[0]

    worker = Worker(folder)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
            start()
            wait_until(waits_for_the_table)
            worker.kill()
    finally:
        worker.kill()


class Bank(Process):
    """A sample bank with books in `folder`; started again there, it goes on where it stood."""

    def __init__(self, folder, credentials, *options):
        folder.mkdir(exist_ok=True)
        file = folder / "bank.json"
        file.write_text(json.dumps(credentials))
        self.url = f"http://127.0.0.1:{credentials['port']}"
        arguments = ["-m", "finance.sample_bank", f"--credentials={file}", f"--ledger={folder}/bank.sqlite3"]
        super().__init__([*arguments, "--lend-after=0.1", *options], folder / "bank.log", dict(os.environ))
        self.wait_for_start(self.ledger)

    def ledger(self):
        return httpx.get(f"{self.url}/ledger", trust_env=False).json()

    def control(self, **order):
        httpx.post(f"{self.url}/control", json=order, trust_env=False).raise_for_status()

    def answers(self):
        return [(row["kind"], row["status"]) for row in self.ledger()["answers"]]
