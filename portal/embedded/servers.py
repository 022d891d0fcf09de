"""The two servers as children of this process."""

import contextlib
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import IO

import psycopg2
import redis

from portal.embedded import processes
from portal.embedded.binaries import postgres_program, valkey_program
from portal.embedded.places import DATABASE_NAME, DATABASE_USER, Place

START_SECONDS = 30.0
POSTGRES_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "effective_cache_size": "4GB",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "jit": "off",
}
# For data that nobody misses after a power cut.
CARELESS_OPTIONS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class ServerFailed(RuntimeError):
    """A server did not come up; the message ends with what it logged last."""


class Servers:
    """PostgreSQL and Valkey of one place."""

    def __init__(self, place: Place, *, is_careless: bool = False) -> None:
        self.place = place
        self.is_careless = is_careless
        self.postgres: subprocess.Popen[bytes] | None = None
        self.valkey: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start both and return when they answer; the first start makes the database."""
        self.place.make_folders()
        if not (self.place.postgres_data / "PG_VERSION").exists():
            self._initialise()
        self.start_postgres()
        self.start_valkey()
        self._make_database()

    def start_postgres(self) -> None:
        """Start PostgreSQL; for 3 s a postmaster that is just dying may still hold the folder."""
        for attempt in range(10):
            self.postgres = self._spawn_postgres()
            if processes.wait_until(self._postgres_settled, seconds=START_SECONDS) and self.postgres.poll() is None:
                return
            if attempt < 9 and "lock file" in self._log_tail("postgres"):  # noqa: PLR2004
                processes.wait_until(lambda: False, seconds=0.3)
                continue
            break
        raise ServerFailed(f"PostgreSQL did not start:\n{self._log_tail('postgres')}")

    def start_valkey(self) -> None:
        """Start Valkey with an append-only file, so that queued jobs survive kill -9."""
        keep = ["--appendonly", "no"] if self.is_careless else ["--appendonly", "yes", "--appendfsync", "everysec"]
        account = self.place.account
        self.place.valkey_socket.unlink(missing_ok=True)
        with self._log("valkey") as log:
            self.valkey = processes.start(
                [
                    valkey_program(account), "--port", "0", "--save", "", *keep, "--dir", self.place.valkey_data,
                    "--unixsocket", self.place.valkey_socket, "--unixsocketperm", "700",
                ],
                log=log.fileno(),
                account=account,
            )  # fmt: skip
        if not processes.wait_until(self._valkey_settled, seconds=START_SECONDS) or self.valkey.poll() is not None:
            raise ServerFailed(f"Valkey did not start:\n{self._log_tail('valkey')}")

    def stop(self) -> None:
        """Stop both cleanly: SIGINT is PostgreSQL's fast shutdown."""
        if self.valkey is not None:
            processes.stop(self.valkey)
        if self.postgres is not None:
            processes.stop(self.postgres, with_signal=signal.SIGINT, patience=30)

    def _initialise(self) -> None:
        # In a plain C locale pg_trgm sees no Chinese; the built-in C.UTF-8 needs nothing of the system.
        account = self.place.account
        with tempfile.NamedTemporaryFile("w", dir=self.place.sockets, suffix=".pw") as password_file:
            password_file.write(self.place.password)
            password_file.flush()
            account.give(Path(password_file.name), 0o600)
            with self._log("initdb") as log:
                made = processes.start(
                    [
                        postgres_program(account, "initdb"), "-D", self.place.postgres_data, "-U", DATABASE_USER,
                        "-A", "scram-sha-256", f"--pwfile={password_file.name}", "--locale-provider=builtin",
                        "--builtin-locale=C.UTF-8", "--locale=C.UTF-8", "--encoding=UTF8", "--no-sync",
                    ],
                    log=log.fileno(),
                    account=account,
                )  # fmt: skip
                status = made.wait()
        if status != 0:
            shutil.rmtree(self.place.postgres_data, ignore_errors=True)
            raise ServerFailed(f"initdb failed:\n{self._log_tail('initdb')}")

    def _spawn_postgres(self) -> "subprocess.Popen[bytes]":
        options = POSTGRES_OPTIONS | (CARELESS_OPTIONS if self.is_careless else {})
        account = self.place.account
        with self._log("postgres") as log:
            return processes.start(
                [
                    postgres_program(account, "postgres"), "-D", self.place.postgres_data, "-k", self.place.sockets,
                    *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
                ],
                log=log.fileno(),
                account=account,
                stop_signal=signal.SIGINT,
            )  # fmt: skip

    def _postgres_settled(self) -> bool:
        return self.postgres is None or self.postgres.poll() is not None or postgres_answers(self.place)

    def _valkey_settled(self) -> bool:
        return self.valkey is None or self.valkey.poll() is not None or valkey_answers(self.place)

    def _make_database(self) -> None:
        connection = _connect(self.place, "postgres")
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE_NAME}")

    def _log(self, name: str) -> IO[bytes]:
        return (self.place.sockets / f"{name}.log").open("ab")

    def _log_tail(self, name: str) -> str:
        text = (self.place.sockets / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-8:])


def _connect(place: Place, database: str) -> "psycopg2.extensions.connection":
    return psycopg2.connect(
        host=str(place.sockets), user=DATABASE_USER, password=place.password, dbname=database, connect_timeout=3
    )


def postgres_answers(place: Place) -> bool:
    """Whether PostgreSQL of this place takes connections."""
    try:
        _connect(place, "postgres").close()
    except psycopg2.OperationalError:
        return False
    return True


def valkey_answers(place: Place) -> bool:
    """Whether Valkey of this place answers a ping; not while it still loads its file."""
    try:
        with redis.Redis(unix_socket_path=str(place.valkey_socket), socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
