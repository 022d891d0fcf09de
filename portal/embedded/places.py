"""Where the embedded servers keep their data, listen, and as whom they run."""

import hashlib
import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from portal.embedded.secrets import local_secret

# Started by root, PostgreSQL must run as somebody else, who can read neither root's home nor a clone in it.
ROOT_BASE = Path("/var/lib/patent-portal")
UNPRIVILEGED_USER = "nobody"
# A unix socket's path holds at most 107 bytes; ".s.PGSQL.5432" follows the folder.
LONGEST_SOCKET_FOLDER = 90
DATABASE_USER = "portal"
DATABASE_NAME = "portal"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses in the forms that Django, redis-py and Celery read."""

    database_url: str
    redis_url: str
    broker_url: str

    def as_environment(self) -> dict[str, str]:
        """The variables that tell a process to use these servers."""
        return {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "CELERY_BROKER_URL": self.broker_url,
        }


@dataclass(frozen=True, slots=True)
class Account:
    """The system user that the servers run as."""

    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        return self.uid != os.getuid()

    def give(self, path: Path, mode: int) -> None:
        """Make `path` this account's."""
        path.chmod(mode)
        if self.is_other:
            os.chown(path, self.uid, self.gid)


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of one set of servers."""

    base: Path
    sockets: Path
    password: str
    account: Account

    @property
    def postgres_data(self) -> Path:
        return self.base / "postgres"

    @property
    def valkey_data(self) -> Path:
        return self.base / "valkey"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def postgres_socket(self) -> Path:
        return self.sockets / ".s.PGSQL.5432"

    def addresses(self, database: str = DATABASE_NAME) -> Addresses:
        folder = quote(str(self.sockets))
        return Addresses(
            f"postgres://{DATABASE_USER}:{self.password}@/{database}?host={folder}",
            f"unix://{self.valkey_socket}",
            f"redis+socket://{self.valkey_socket}",
        )

    def make_folders(self) -> None:
        """Make the folders; only the servers' account looks into those of data."""
        for folder in (self.base, self.sockets):
            folder.mkdir(parents=True, exist_ok=True)
            self.account.give(folder, 0o700)
        for folder in (self.postgres_data, self.valkey_data):
            folder.mkdir(exist_ok=True)
            self.account.give(folder, 0o700)


def server_account() -> Account:
    """The present user, or an unprivileged one when that is root."""
    if os.getuid() != 0:
        return Account(os.getuid(), os.getgid())
    entry = pwd.getpwnam(UNPRIVILEGED_USER)
    return Account(entry.pw_uid, entry.pw_gid)


def place_of(home: Path) -> Place:
    """The place of a PORTAL_HOME's servers, the same at each call.

    Named by the password too: whoever deletes PORTAL_HOME starts anew, also where the data lie elsewhere.
    """
    password = local_secret(home, "database_password")
    name = hashlib.sha256(f"{home} {password}".encode()).hexdigest()[:12]
    base = ROOT_BASE / name if os.getuid() == 0 else home / "servers"
    sockets = base / "run"
    if len(str(sockets)) > LONGEST_SOCKET_FOLDER:
        sockets = Path("/tmp") / f"patent-portal-{os.getuid()}-{name}"  # noqa: S108  mode 0700, checked owner
    return Place(base, sockets, password, server_account())


def addresses(home: Path) -> Addresses:
    """Where the servers of this PORTAL_HOME listen when they run."""
    return place_of(home).addresses()
