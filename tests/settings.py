"""Settings of the test suite: the portal's own, on servers that live as long as the session.

pytest-django reads settings before any conftest, so the servers start here. Workers of pytest-xdist inherit the
addresses from the controller and make test databases of their own.
"""

import atexit
import contextlib
import os
import tempfile
from pathlib import Path

from portal.embedded import throwaway

OWN_SERVERS = "DATABASE_URL" not in os.environ
if OWN_SERVERS:
    _servers = contextlib.ExitStack()
    atexit.register(_servers.close)
    _found = _servers.enter_context(throwaway())
    os.environ.update(DATABASE_URL=_found.database_url, REDIS_URL=_found.redis_url, CELERY_BROKER_URL=_found.broker_url)

from portal.settings import *  # noqa: E402, F403  the addresses must be known first

_files = tempfile.TemporaryDirectory(prefix="portal-tests-")
atexit.register(_files.cleanup)
MEDIA_ROOT = Path(_files.name)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Tests of meaning bring their own encoder; the bundled model takes a tenth of a second a text.
EMBEDDINGS_URL = "off"

# `make check` lints the portal's own migrations with these settings. Until the first release no older version runs beside
# a newer one and no table is large: a column may be dropped, required or unique at once, and an index made under a lock.
INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]  # noqa: F405
MIGRATION_LINTER_OPTIONS = {
    "include_apps": [
        config.rsplit(".", 1)[-1]
        for config in INSTALLED_APPS
        if config.split(".")[0] in {"portal", "patents", "demand", "finance", "subsidies", "events", "stats"}
    ],
    "ignore_initial_migrations": True,
    "exclude_migration_tests": ["ADD_UNIQUE", "DROP_COLUMN", "NOT_NULL", "CREATE_INDEX", "CREATE_INDEX_EXCLUSIVE"],
    "quiet": ["ok", "ignore"],
    "no_cache": True,
}
