"""Memory of the processes that serve everybody, after each has done its work."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

from django.conf import settings

from demand.bench import POOL_SIZE
from demand.enums import DemandState, MatchState
from demand.models import Demand
from patents.bench import SEARCHES
from patents.bench_pool import fill_pool
from patents.index.services import refresh_index
from portal.bench import Row, benchmark
from portal.demo.need_texts import need_texts
from portal.sheets.models import SheetImport

NEEDS = 40
PATIENCE_SECONDS = 120
MIB = 1024


@benchmark("memory_web", "memory_worker")
def memory() -> Iterator[Row]:
    """Resident memory of one web process after searches, and of one worker after matching, at 60,000 patents."""
    fill_pool(POOL_SIZE)
    refresh_index()
    yield Row.measured("memory_web", _web_memory(), "MiB", at_most=300)
    yield Row.measured("memory_worker", _worker_memory(), "MiB", at_most=300)


def _web_memory() -> float:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        socket_path = f"--control-socket={folder}/ctl"
        served = _start("gunicorn", "portal.wsgi:application", f"--bind=127.0.0.1:{port}", "--workers=1", socket_path)
        try:
            _wait(lambda: _answers(port, ""))
            for search in SEARCHES * 5:
                _answers(port, search)
            return max(map(_resident, _children(served.pid)))
        finally:
            _stop(served)


def _worker_memory() -> float:
    source = SheetImport.objects.create(kind="bench", file_name="bench", sha256="0" * 64, size_bytes=0)
    Demand.objects.bulk_create(
        Demand(
            ref=f"BENCH-{number}",
            city_code="370100",
            title=need.title,
            description=need.description,
            state=DemandState.PUBLISHED,
            match_state=MatchState.WAITING,
            source_import=source,
        )
        for number, need in enumerate(need_texts(NEEDS, seed=4))
    )
    waiting = Demand.objects.filter(source_import=source, match_state=MatchState.WAITING)
    with tempfile.TemporaryDirectory() as folder:
        schedule = f"--schedule={folder}/beat"
        worker = _start("celery", "--app=portal.celery:app", "worker", "--beat", "--concurrency=1", schedule)
        try:
            _wait(lambda: not waiting.exists())
            return max(map(_resident, _children(worker.pid)))
        finally:
            _stop(worker)


def _start(module: str, *arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _stop(process: "subprocess.Popen[bytes]") -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the process did not get ready")
        time.sleep(0.2)


def _answers(port: int, search: str) -> bool:
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{port}/patents/?{quote(search, safe='=&+')}", timeout=20
        ) as page:
            return bool(page.read())
    except OSError:
        return False


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _resident(pid: int) -> float:
    line = next(row for row in Path(f"/proc/{pid}/status").read_text().splitlines() if row.startswith("VmRSS"))
    return int(line.split()[1]) / MIB
