"""Settings of the test suite: the portal's own, on servers that live as long as the session.

pytest-django reads settings before any conftest, so the servers start here. Workers of pytest-xdist inherit the
addresses from the controller and make test databases of their own.
"""

import atexit
import contextlib
import os

from portal.embedded import throwaway

if "DATABASE_URL" not in os.environ:
    _servers = contextlib.ExitStack()
    atexit.register(_servers.close)
    _found = _servers.enter_context(throwaway())
    os.environ.update(DATABASE_URL=_found.database_url, REDIS_URL=_found.redis_url, CELERY_BROKER_URL=_found.broker_url)

from portal.settings import *  # noqa: F403  the addresses must be known first

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
