"""`make run`: everything on one machine under one supervisor.

    python -m portal.embedded.run

Starts PostgreSQL and Valkey, migrates, loads the demonstration data at the first start, then keeps web, Celery worker, beat and the
sample bank alive until Ctrl-C or SIGTERM. HOST and PORT choose the address, PORTAL_HOME the folder of data.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from portal.embedded import processes
from portal.embedded.launcher import JOIN_SECONDS, Lock, owner_lock
from portal.embedded.places import place_of
from portal.embedded.servers import ServerFailed, Servers

REPOSITORY = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
FIRST_PAGE_SECONDS = 60.0
LONGEST_PAUSE = 10.0
CALM_SECONDS = 30.0
LAST_PORT = 65_534
LOG_LIMIT_BYTES = 20 * 1024 * 1024


class Refused(RuntimeError):
    """The portal cannot start; the message says why."""


@dataclass
class Child:
    """One process that must live, and how it is brought back."""

    name: str
    command: list[str]
    process: "subprocess.Popen[bytes] | None" = None
    pause: float = 0.5
    started_at: float = 0.0
    due_at: float = field(default=0.0)


class Supervisor:
    """Starts the children, brings back the ones that die, stops all in order."""

    def __init__(self, *, home: Path, host: str, port: int) -> None:
        self.home, self.host, self.port = home, host, port
        self.place = place_of(home)
        self.servers = Servers(self.place)
        self.logs = home / "logs"
        self.children: list[Child] = []
        self.is_stopping = False
        self.environment = {
            **os.environ,
            **self.place.addresses().as_environment(),
            "PORTAL_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PORT": str(port),
        }

    @property
    def url(self) -> str:
        host = "127.0.0.1" if self.host in ("", "0.0.0.0", "::") else self.host  # noqa: S104  compared, not bound
        return f"http://[{host}]:{self.port}/" if ":" in host else f"http://{host}:{self.port}/"

    def run(self) -> None:
        """Serve until told to stop."""
        self.logs.mkdir(parents=True, exist_ok=True)
        say("启动 PostgreSQL 和 Valkey / starting PostgreSQL and Valkey")
        self.servers.start()
        self.manage("migrate", "--noinput", "--verbosity=0", title="更新数据库结构 / migrating")
        for child in self.plan():
            self.children.append(child)
            self.launch(child)
            if child.name == "web":  # It reads its code on another core meanwhile.
                self.load_demo()
        self.welcome()
        while not self.is_stopping:
            self.watch()
            time.sleep(0.2)

    def load_demo(self) -> None:
        """Load the demonstration data once."""
        marker = self.home / "demo.loaded"
        if not marker.exists():
            self.manage("load_demo", "--size=small", title="生成演示数据 / loading demonstration data")
            marker.touch()

    def manage(self, *arguments: str, title: str) -> None:
        """Run one command to its end, its output on this terminal."""
        say(title)
        # What the command logs would break into its progress bar.
        environment = {"LOG_LEVEL": "WARNING", **self.environment}
        done = subprocess.run([PYTHON, "manage.py", *arguments], cwd=REPOSITORY, env=environment, check=False)
        if done.returncode != 0:
            raise Refused(f"manage.py {arguments[0]} failed with status {done.returncode}")

    def plan(self) -> list[Child]:
        """The children, in the order of their start."""
        celery = [PYTHON, "-m", "celery", "--app=portal.celery:app"]
        bind = f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
        web = [
            PYTHON, "-m", "gunicorn", "portal.wsgi:application", f"--bind={bind}", "--workers=2",
            "--threads=4", "--timeout=60", f"--control-socket={self.place.sockets / 'gunicorn.ctl'}",
        ]  # fmt: skip
        schedule = self.home / "beat-schedule"
        return [
            Child("web", web),
            Child("worker", [*celery, "worker", "--loglevel=WARNING", "--concurrency=2", "--without-mingle"]),
            Child("beat", [*celery, "beat", "--loglevel=WARNING", f"--schedule={schedule}", "--pidfile="]),
            Child("bank", [PYTHON, "manage.py", "sample_bank", "--portal-url", self.url]),
        ]

    def launch(self, child: Child) -> None:
        """Start a child; its output goes to its log."""
        path = self.logs / f"{child.name}.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as log:
            child.process = processes.start(child.command, log=log.fileno(), environment=self.environment)
        child.started_at = time.monotonic()

    def watch(self) -> None:
        """Bring back what died."""
        self.watch_servers()
        for child in self.children:
            if child.process is None:
                if time.monotonic() >= child.due_at:
                    self.launch(child)
            elif child.process.poll() is not None:
                self.bury(child)

    def watch_servers(self) -> None:
        """Restart a database server that died; the children reconnect by themselves."""
        postgres, valkey = self.servers.postgres, self.servers.valkey
        if postgres is not None and postgres.poll() is not None:
            say(f"PostgreSQL 异常退出，正在恢复 / PostgreSQL ended ({postgres.returncode}), recovering")
            processes.kill_group(postgres)
            self.servers.start_postgres()
        if valkey is not None and valkey.poll() is not None:
            say(f"Valkey 异常退出，正在恢复 / Valkey ended ({valkey.returncode}), recovering")
            processes.kill_group(valkey)
            self.servers.start_valkey()

    def bury(self, child: Child) -> None:
        """Say how a child ended and set when it is started again: at once, later if it keeps dying."""
        process = child.process
        if process is None:
            return
        processes.kill_group(process)
        lasted = time.monotonic() - child.started_at
        child.pause = 0.5 if lasted > CALM_SECONDS else min(child.pause * 2, LONGEST_PAUSE)
        child.due_at = time.monotonic() + child.pause
        child.process = None
        log = self.logs / f"{child.name}.log"
        say(f"{child.name} 异常退出，将重新启动 / {child.name} ended ({process.returncode}), restarting; log: {log}")
        sys.stdout.write("".join(f"    {line}\n" for line in tail(log)))
        sys.stdout.flush()

    def welcome(self) -> None:
        """Print the address and the accounts when the first page answers."""
        if not processes.wait_until(self.is_up, seconds=FIRST_PAGE_SECONDS):
            lines = "\n".join(tail(self.logs / "web.log"))
            raise Refused(f"the web server does not answer at {self.url}\n{lines}")
        if self.is_stopping:
            return
        self.manage("demo_accounts", title=f"已启动 / running: {self.url}")
        say("按 Ctrl-C 停止 / Ctrl-C stops everything")

    def is_up(self) -> bool:
        if self.is_stopping:
            return True
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"{self.url}health/live", timeout=2).close()  # noqa: S310  our own address
            return True
        return False

    def stop(self) -> None:
        """Stop the children, last started first, then the servers."""
        say("正在停止 / stopping")
        running = [child.process for child in reversed(self.children) if child.process is not None]
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        for process in running:
            processes.stop(process)
        self.servers.stop()

    def ask_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        if self.is_stopping:
            return
        self.is_stopping = True
        raise KeyboardInterrupt


def say(text: str) -> None:
    """One line for the person at the terminal."""
    sys.stdout.write(f"[portal] {text}\n")
    sys.stdout.flush()


def tail(path: Path, count: int = 6) -> list[str]:
    """The last lines of a log."""
    return path.read_text(encoding="utf-8", errors="replace").splitlines()[-count:] if path.exists() else []


def read_port(text: str) -> int:
    """PORT as a number; the next one is the sample bank's, so 65534 is the last.

    Raises:
        Refused: it is no such number.
    """
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= LAST_PORT:
        raise Refused(f"PORT 必须是 1 到 {LAST_PORT} 的整数 / PORT must be a whole number from 1 to {LAST_PORT}")
    return int(text)


def check_port(host: str, port: int) -> None:
    """Refuse a port that somebody else listens on, before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except socket.gaierror as error:
            raise Refused(f"HOST {host} 不是本机地址 / {host} is no address of this machine") from error
        except OSError as error:
            raise Refused(
                f"端口 {port} 不可用，请改用其他端口，例如 PORT={min(port + 10, LAST_PORT)} make run / "
                f"cannot listen on {host}:{port} ({error.strerror}); choose another with PORT="
            ) from error


@contextlib.contextmanager
def only_one(home: Path, url: str) -> Iterator[None]:
    """Hold this PORTAL_HOME, or say who does."""
    run_lock = Lock(home / "run.lock")
    if not run_lock.take():
        holder = json.loads(run_lock.read() or "{}")
        raise Refused(
            f"本目录的平台已在运行 / already running: pid {holder.get('pid')}, since {holder.get('since')}, {holder.get('url')}"
        )
    run_lock.write(json.dumps({"pid": os.getpid(), "since": time.strftime("%Y-%m-%d %H:%M:%S"), "url": url}))
    servers_lock = owner_lock(home)
    try:
        if not processes.wait_until(servers_lock.take, seconds=JOIN_SECONDS):
            raise Refused(f"another command still uses the servers of {home}")
        yield
    finally:
        servers_lock.release()
        run_lock.release()


def main() -> int:
    home = Path(os.environ.get("PORTAL_HOME", REPOSITORY / ".portal")).resolve()
    home.mkdir(parents=True, exist_ok=True)
    os.chdir(REPOSITORY)
    try:
        port = read_port(os.environ.get("PORT", "8000"))
    except Refused as refusal:
        say(str(refusal))
        return 2
    supervisor = Supervisor(home=home, host=os.environ.get("HOST", "127.0.0.1"), port=port)
    signal.signal(signal.SIGTERM, supervisor.ask_to_stop)
    signal.signal(signal.SIGINT, supervisor.ask_to_stop)
    try:
        with only_one(home, supervisor.url):
            for wanted in (port, port + 1):
                check_port(supervisor.host, wanted)
            try:
                supervisor.run()
            finally:
                supervisor.is_stopping = True
                supervisor.stop()
    except (Refused, ServerFailed) as refusal:
        say(str(refusal))
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
