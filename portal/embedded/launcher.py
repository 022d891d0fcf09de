"""Contexts in which the servers run."""

import contextlib
import fcntl
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from portal.embedded.places import Addresses, Place, place_of, server_account
from portal.embedded.processes import wait_until
from portal.embedded.servers import ServerFailed, Servers, postgres_answers, valkey_answers

JOIN_SECONDS = 60.0


class Lock:
    """A lock on a file: held until released or until the process dies, however it dies."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def take(self, *, shared: bool = False, wait: bool = False) -> bool:
        """Whether the lock was got."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = self.path.open("a+", encoding="utf-8")
        mode = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
        try:
            fcntl.flock(file, mode)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True

    def write(self, text: str) -> None:
        """Leave a message for whoever finds the lock taken."""
        if self._file is not None:
            self._file.truncate(0)
            self._file.write(text)
            self._file.flush()

    def read(self) -> str:
        return self.path.read_text(encoding="utf-8") if self.path.exists() else ""

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def owner_lock(home: Path) -> Lock:
    """Held by the process whose children the servers are."""
    return Lock(home / "servers.lock")


def users_lock(home: Path) -> Lock:
    """Shared by all that use the servers: a command that started them waits for the others before it stops them."""
    return Lock(home / "users.lock")


@contextlib.contextmanager
def ensure(home: Path) -> Iterator[Addresses]:
    """Run the body with the servers of this PORTAL_HOME: those that run, or ours for its duration.

    Raises:
        ServerFailed: they neither run nor start.
    """
    place = place_of(home)
    users, owner = users_lock(home), owner_lock(home)
    users.take(shared=True, wait=True)
    servers = _own_or_join(place, owner)
    try:
        yield place.addresses()
    finally:
        users.release()
        if servers is not None:
            users.take(wait=True)
            servers.stop()
            owner.release()
            users.release()


def _own_or_join(place: Place, owner: Lock) -> Servers | None:
    """Servers of our own, or None when another process runs them."""
    end = time.monotonic() + JOIN_SECONDS
    while time.monotonic() < end:
        if owner.take():
            servers = Servers(place)
            try:
                servers.start()
            except BaseException:
                servers.stop()
                owner.release()
                raise
            return servers
        if wait_until(lambda: postgres_answers(place) and valkey_answers(place), seconds=1.0):
            return None
    raise ServerFailed(f"another process holds {owner.path} but its servers do not answer")


@contextlib.contextmanager
def throwaway() -> Iterator[Addresses]:
    """Servers in a temporary folder that vanish with the context; fast, because they survive no power cut."""
    base = Path(tempfile.mkdtemp(prefix="patent-portal-"))
    servers = Servers(Place(base, base / "run", secrets.token_hex(16), server_account()), is_careless=True)
    try:
        servers.start()
        yield servers.place.addresses("postgres")
    finally:
        servers.stop()
        shutil.rmtree(base, ignore_errors=True)


def main() -> int:
    """Run a Django command line with servers; `DATABASE_URL` and `REDIS_URL` (or files of them) name others instead."""
    # slow import: only after the servers' addresses are known
    from django.core.management import execute_from_command_line

    if all(os.environ.get(name) or os.environ.get(f"{name}_FILE") for name in ("DATABASE_URL", "REDIS_URL")):
        execute_from_command_line(sys.argv)
        return 0
    home = Path(os.environ.get("PORTAL_HOME", Path(__file__).resolve().parents[2] / ".portal")).resolve()
    with ensure(home):
        execute_from_command_line(sys.argv)
    return 0
