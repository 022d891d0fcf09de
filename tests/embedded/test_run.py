"""`make run` for real: each of its processes is killed, and the next start finds what was kept."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
import redis

from portal.embedded.places import place_of
from portal.embedded.processes import wait_until
from portal.embedded.run import Refused, read_port
from portal.embedded.servers import postgres_answers, valkey_answers
from tests.embedded.test_launcher import REPOSITORY, query, run_portal
from tests.processes import free_port

pytestmark = pytest.mark.slow

CHILDREN = {
    "postgres": "bin/postgres -D",
    "valkey": "valkey-server",
    "web": "gunicorn portal.wsgi",
    "worker": "celery --app=portal.celery:app worker",
    "beat": "celery --app=portal.celery:app beat",
    "bank": "manage.py sample_bank",
}
PATIENCE = 120.0


class Portal:
    """A running `make run` with a home of its own."""

    def __init__(self, home):
        self.home, self.place = home, place_of(home)
        drop = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE")
        inherited = {name: value for name, value in os.environ.items() if name not in drop}
        self.log = home / "run.out"
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal.embedded.run"],
                cwd=REPOSITORY,
                env={**inherited, "PORTAL_HOME": str(home), "PORT": str(free_port())},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def children(self):
        """Name -> process id of each child that runs."""
        found = {}
        for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            found |= {name: int(pid) for name, part in CHILDREN.items() if part in command}
        return found

    def wait_until_up(self, times=1):
        def is_up():
            return self.log.read_text().count("Ctrl-C stops everything") == times

        assert wait_until(is_up, seconds=300), self.log.read_text()[-2000:]

    def is_gone(self):
        return not postgres_answers(self.place) and not valkey_answers(self.place)


def test_every_process_may_be_killed_and_nothing_is_lost(home):
    portal = Portal(home)
    try:
        portal.wait_until_up()
        query(home, "CREATE TABLE kept AS SELECT 42 AS value")
        with redis.Redis(unix_socket_path=str(portal.place.valkey_socket)) as client:
            client.rpush("kept", "job")
        # Valkey writes to disk every second; a crash of the machine may cost that one second.
        before = portal.children()
        assert before.keys() == CHILDREN.keys()
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)

        def all_are_back():
            now = portal.children()
            return now.keys() == CHILDREN.keys() and not now.items() & before.items()

        assert wait_until(all_are_back, seconds=PATIENCE), portal.log.read_text()[-2000:]
        assert wait_until(lambda: kept(portal) == (42, b"job"), seconds=PATIENCE)

        os.kill(portal.process.pid, signal.SIGKILL)
        portal.process.wait(10)
        assert wait_until(portal.is_gone, seconds=20)

        portal = Portal(home)
        portal.wait_until_up(times=2)
        second = run_portal(home, PORT=str(free_port()))
        assert (second.returncode, f"pid {portal.process.pid}," in second.stdout) == (1, True)
        assert kept(portal) == (42, b"job")

        os.kill(portal.process.pid, signal.SIGINT)
        os.kill(portal.process.pid, signal.SIGTERM)
        assert portal.process.wait(60) == 0
        assert portal.is_gone()
        assert json.loads((home / "run.lock").read_text())["pid"] == portal.process.pid
    finally:
        portal.process.kill()
        portal.process.wait(10)


def kept(portal):
    """What was written before the crash, from both servers; None while one does not answer."""
    try:
        (value,) = query(portal.home, "SELECT value FROM kept")
        with redis.Redis(unix_socket_path=str(portal.place.valkey_socket)) as client:
            return value, client.lindex("kept", 0)
    except (psycopg2.OperationalError, redis.RedisError):
        return None


@pytest.mark.parametrize("port", ["", "0", "65535", "-1", "8000a", "８０００"])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(Refused):
        read_port(port)


@pytest.mark.parametrize("port", [1, 8000, 65534])
def test_a_port_is_read(port):
    assert read_port(str(port)) == port


def test_a_port_that_is_none_is_a_sentence_not_a_traceback(home):
    done = run_portal(home, PORT="99999")

    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "[portal] PORT 必须是 1 到 65534 的整数 / PORT must be a whole number from 1 to 65534\n",
        "",
    )


def test_a_host_that_is_not_ours_is_refused(home):
    done = run_portal(home, HOST="no-such-host.invalid")

    assert (done.returncode, done.stdout) == (
        1,
        "[portal] HOST no-such-host.invalid 不是本机地址 / no-such-host.invalid is no address of this machine\n",
    )


def test_any_command_works_by_itself_and_two_at_once(home):
    command = [sys.executable, "manage.py", "showmigrations", "events", "--plan"]
    drop = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE")
    inherited = {name: value for name, value in os.environ.items() if name not in drop}
    environment = {**inherited, "PORTAL_HOME": str(home)}

    started = [
        subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=120) for process in started]

    assert [process.returncode for process in started] == [0, 0], outputs
    assert outputs[0] == outputs[1]
    assert not postgres_answers(place_of(home))
