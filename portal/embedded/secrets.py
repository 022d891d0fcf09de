"""Secrets of a local instance: made once, kept in PORTAL_HOME, readable by the owner only."""

import os
import secrets
from base64 import urlsafe_b64encode
from pathlib import Path


def local_secret(home: Path, name: str) -> str:
    """The secret `name` of this PORTAL_HOME (32 random bytes, URL-safe base64), made at first use."""
    path = home / "secrets" / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    value = urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(value)
    return value
