"""Secrets at rest: encrypted with the newest key of settings.ENCRYPTION_KEYS, readable with any of them."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def _keyring() -> MultiFernet:
    # Operators may write any long random text as a key; Fernet wants exactly 32 bytes.
    digests = (hashlib.sha256(key.encode()).digest() for key in settings.ENCRYPTION_KEYS)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def encrypt(secret: str) -> str:
    """`secret` as text that only this portal's keys can read."""
    return _keyring().encrypt(secret.encode()).decode()


def decrypt(encrypted: str) -> str:
    """The secret that `encrypt` was given.

    Raises:
        cryptography.fernet.InvalidToken: no configured key made it, or it was altered.
    """
    return _keyring().decrypt(encrypted.encode()).decode()
