"""Misbehaving on demand."""

import threading
import time
from dataclasses import dataclass

KINDS = {
    "timeout": "收到推送并记账，但不应答",
    "error500": "收到推送后返回 500",
    "down": "收到推送后直接断开连接",
    "wrong_key": "用错误的密钥验证推送签名",
    "duplicate_same_key": "每个答复用同一幂等键再发一次",
    "duplicate_new_key": "每个答复用新的幂等键再发一次",
    "wrong_project": "先对一个不存在的项目编号作答",
}


@dataclass
class _Fault:
    count: int | None
    until: float | None


class Faults:
    """The faults that are switched on, each for a number of times, for some seconds, or until cleared."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on: dict[str, _Fault] = {}

    def switch_on(self, kind: str, *, count: int | None = None, seconds: float | None = None) -> None:
        """Raise ValueError for an unknown kind."""
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind}; known: {', '.join(KINDS)}")
        with self._lock:
            self._on[kind] = _Fault(count, None if seconds is None else time.monotonic() + seconds)

    def parse(self, text: str) -> None:
        """Switch on what a command line says: `error500`, `error500:3` (times) or `error500:10s` (seconds)."""
        kind, _, limit = text.partition(":")
        if limit.endswith("s"):
            self.switch_on(kind, seconds=float(limit[:-1]))
        else:
            self.switch_on(kind, count=int(limit) if limit else None)

    def clear(self) -> None:
        """Behave again."""
        with self._lock:
            self._on.clear()

    def strikes(self, kind: str) -> bool:
        """Whether the fault happens now; counts one occurrence."""
        with self._lock:
            fault = self._on.get(kind)
            if fault is None or fault.count == 0 or (fault.until is not None and time.monotonic() > fault.until):
                self._on.pop(kind, None)
                return False
            if fault.count is not None:
                fault.count -= 1
            return True

    def names(self) -> list[str]:
        """What is switched on."""
        with self._lock:
            return sorted(self._on)
