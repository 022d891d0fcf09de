"""Child processes that never outlive their parent."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from portal.embedded.places import Account

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent(parent: int, with_signal: int) -> Callable[[], None]:
    def before_exec() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, with_signal)
        if os.getppid() != parent:  # It died before the call above.
            os._exit(1)

    return before_exec


def start(
    command: Sequence[str | Path],
    *,
    log: IO[bytes] | int,
    account: Account | None = None,
    stop_signal: int = signal.SIGTERM,
    environment: Mapping[str, str] | None = None,
) -> "subprocess.Popen[bytes]":
    """Start `command` in a session of its own, to be stopped by `stop_signal` when this process dies, even by kill -9.

    In its own session it does not get the terminal's Ctrl-C: the supervisor stops its children in order.
    """
    other = account is not None and account.is_other
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        cwd="/" if other else None,
        env=None if environment is None else dict(environment),
        start_new_session=True,
        user=account.uid if account and other else None,
        group=account.gid if account and other else None,
        extra_groups=[] if other else None,
        preexec_fn=_die_with_parent(os.getpid(), stop_signal),  # noqa: PLW1509  started from the main thread
    )


def stop(process: "subprocess.Popen[bytes]", *, with_signal: int = signal.SIGTERM, patience: float = 15.0) -> None:
    """Ask the process to end, wait `patience` seconds, then kill its whole group."""
    if process.poll() is None:
        process.send_signal(with_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    kill_group(process)


def kill_group(process: "subprocess.Popen[bytes]") -> None:
    """Kill what is left of the process and its children."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Whether `condition` came true within `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
