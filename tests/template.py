"""One migrated database that every worker copies: a hundred migrations take a worker longer than a thousand tests.

`begun` starts the migrations in a process of their own, beside the workers that start and collect; `ready` waits for it.
"""

import contextlib
import fcntl
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

NAME = "migrated"
LOCK = "TESTS_TEMPLATE_LOCK"


def _execute(url, statement):
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True  # PostgreSQL makes no database within a transaction.
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone() if cursor.description else None
    finally:
        connection.close()


@contextlib.contextmanager
def begun(url):
    """Start migrating a new database on the server at `url`; a lock is held until that has ended."""
    _execute(url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
    at = {"DATABASE_URL": urlunsplit(urlsplit(url)._replace(path=f"/{NAME}"))}
    with tempfile.TemporaryDirectory(prefix="portal-template-") as folder:
        lock = Path(folder) / "lock"
        with lock.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            command = [sys.executable, "-m", "tests.template", url]
            migrating = subprocess.Popen(command, env=os.environ | at, pass_fds=[held.fileno()])
        os.environ[LOCK] = str(lock)
        with migrating:
            yield
            migrating.terminate()


def ready(url):
    """The name of the migrated database once it can be copied; None where `begun` was not entered.

    Raises:
        RuntimeError: the migrations failed; their own output says why.
    """
    if LOCK not in os.environ:
        return None
    with Path(os.environ[LOCK]).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
    found = sql.SQL("SELECT datistemplate FROM pg_database WHERE datname = {}").format(sql.Literal(NAME))
    if _execute(url, found) != (True,):
        raise RuntimeError("the migrations failed")
    return NAME


def main():
    """In the process of its own: migrate, then say that all of it is there."""
    import django
    from django.core.management import call_command

    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    django.setup()
    call_command("migrate", verbosity=0)
    _execute(sys.argv[1], sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(NAME)))


if __name__ == "__main__":
    main()
