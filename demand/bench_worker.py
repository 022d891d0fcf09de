"""Workers that match waiting needs, each a process of its own.

    python -m demand.bench_worker NEEDS

says that it is ready, waits for a line, matches up to NEEDS waiting needs and prints what that took.
"""

import json
import os
import resource
import subprocess
import sys
import time
from typing import IO, NamedTuple, cast

import django
from django.conf import settings

KIB = 1024


class Work(NamedTuple):
    needs: int
    seconds: float
    peak_mib: float


def run_workers(*, count: int, needs: int) -> list[Work]:
    """Let up to `needs` waiting needs be matched by each of so many workers, all starting at once.

    Each has a session of its own: the kernel shares time out by sessions, and two workers are to have two shares.
    """
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "demand.bench_worker", str(needs)],
            cwd=settings.BASE_DIR,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        for _ in range(count)
    ]
    for process in running:
        cast("IO[str]", process.stdout).readline()
    for process in running:
        stdin = cast("IO[str]", process.stdin)
        stdin.write("start\n")
        stdin.flush()
    return [Work(*json.loads(process.communicate()[0])) for process in running]


def _work(needs: int) -> Work:
    from demand.services import match_waiting  # app ready: Django is set up first

    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    start = time.perf_counter()
    done = match_waiting(limit=needs)
    taken = time.perf_counter() - start
    return Work(done, taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB)


if __name__ == "__main__":
    django.setup()
    print(json.dumps(_work(int(sys.argv[1]))))  # noqa: T201
