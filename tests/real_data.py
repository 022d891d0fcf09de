"""Access to the shared real data beside the repository; tests that need a missing file skip by its name."""

import csv
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared_file(name: str) -> Path:
    """The path of a real data file, or a skip that names it."""
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"real data file {name} is absent")
    return path


def shared_rows(name: str) -> list[dict[str, str]]:
    """The rows of a real CSV file."""
    with shared_file(name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))
