"""The embedded servers start, are shared, and never outlive what started them."""

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

from portal.embedded.launcher import ensure
from portal.embedded.places import LONGEST_SOCKET_FOLDER, place_of
from portal.embedded.processes import wait_until
from portal.embedded.servers import postgres_answers, valkey_answers

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parents[2]
HOLD = """
import sys, time
from pathlib import Path
from portal.embedded import ensure
with ensure(Path(sys.argv[1])):
    print("ready", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def hold(home):
    """Starts another process that uses the servers for some seconds."""
    with contextlib.ExitStack() as processes:

        def start(seconds=60.0):
            process = processes.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", HOLD, str(home), str(seconds)],
                    cwd=REPOSITORY,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            processes.callback(process.kill)
            assert process.stdout.readline() == "ready\n"
            return process

        yield start


def query(home, sql):
    place = place_of(home)
    connection = psycopg2.connect(
        host=str(place.sockets), user="portal", password=place.password, dbname="portal", connect_timeout=3
    )
    with connection, connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone() if cursor.description else None
    connection.close()
    return row


def test_servers_start_and_stop(home):
    place = place_of(home)

    with ensure(home):
        assert query(home, "SELECT 'ok'") == ("ok",)
        assert valkey_answers(place)

    assert not postgres_answers(place)
    assert not valkey_answers(place)


def test_chinese_trigrams_and_vectors_are_there(home):
    with ensure(home):
        query(home, "CREATE EXTENSION pg_trgm")
        query(home, "CREATE EXTENSION vector")
        row = query(home, "SELECT cardinality(show_trgm('轴承夹具')), '[1,2]'::vector::text")

    assert row == (5, "[1,2]")


def test_second_user_joins_and_the_first_waits_for_it(hold):
    first = hold(1.0)
    second = hold(3.0)

    assert second.wait(20) == 0
    assert first.wait(20) == 0


@pytest.mark.parametrize("victim", ["owner", "postgres"])
def test_data_survive_kill_9(home, hold, victim):
    process = hold()
    query(home, "CREATE TABLE kept AS SELECT 42 AS value")
    postmaster = int((place_of(home).postgres_data / "postmaster.pid").read_text().splitlines()[0])

    os.kill(process.pid if victim == "owner" else postmaster, signal.SIGKILL)
    if victim == "postgres":
        process.kill()
    process.wait(10)

    with ensure(home):
        assert query(home, "SELECT value FROM kept") == (42,)


def test_nothing_is_left_when_the_owner_is_killed(home, hold):
    process = hold()
    place = place_of(home)

    process.kill()
    process.wait(10)

    assert wait_until(lambda: not postgres_answers(place) and not valkey_answers(place), seconds=20)


def test_stale_pid_file_does_not_stop_the_start(home):
    with ensure(home):
        pass
    (place_of(home).postgres_data / "postmaster.pid").write_text("999999\n/nowhere\n1\n5432\n/nowhere\n\n")

    with ensure(home):
        assert query(home, "SELECT 1") == (1,)


def test_passwords_are_asked_on_the_socket(home):
    place = place_of(home)
    with ensure(home), pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(host=str(place.sockets), user="portal", password="wrong", dbname="portal")


def test_deep_folder_gets_a_short_socket_path(tmp_path):
    deep = tmp_path / ("深" * 30) / ("x" * 80)
    deep.mkdir(parents=True)

    assert len(os.fsencode(place_of(deep).sockets)) <= LONGEST_SOCKET_FOLDER


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_can_start_them(tmp_path):
    home = Path("/tmp") / f"portal-user-{os.getpid()}"
    script = "import sys; sys.path.insert(0, sys.argv[3])\n" + HOLD
    readable = subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c", '"$0" -V && cat "$1"',
         sys.executable, str(REPOSITORY / "manage.py")], check=False, capture_output=True,
    )  # fmt: skip
    if readable.returncode != 0:
        pytest.skip("the unprivileged user cannot run this Python or read this clone")
    try:
        done = subprocess.run(
            [
                "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                sys.executable, "-c", script, str(home), "0", str(REPOSITORY),
            ],
            cwd="/", capture_output=True, text=True, timeout=60, check=False, env={"PATH": os.environ["PATH"]},
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (0, "ready\n"), done.stderr
    finally:
        subprocess.run(["rm", "-rf", str(home)], check=True)


def test_run_says_who_holds_the_folder(home):
    (home / "run.lock").write_text(json.dumps({"pid": 1, "since": "2026-01-01 08:00:00", "url": "http://127.0.0.1:1/"}))
    with (home / "run.lock").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = run_portal(home, PORT="18431")

    assert done.returncode == 1
    assert "pid 1, since 2026-01-01 08:00:00, http://127.0.0.1:1/" in done.stdout


def test_run_refuses_a_port_in_use_before_anything_starts(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run_portal(home, PORT=str(port))

    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in done.stdout
    assert not (place_of(home).postgres_data / "PG_VERSION").exists()


def run_portal(home, **variables):
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE")
    }
    return subprocess.run(
        [sys.executable, "-m", "portal.embedded.run"],
        cwd=REPOSITORY,
        env={**environment, "PORTAL_HOME": str(home), **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
