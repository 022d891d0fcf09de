#!/usr/bin/env python3
"""Django's command line. Stopgap by the lead."""

import os
import sys

from portal.embedded import ensure


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.management import execute_from_command_line

    if "DATABASE_URL" in os.environ:
        execute_from_command_line(sys.argv)
        return
    with ensure() as found:
        os.environ.update(DATABASE_URL=found.database_url, REDIS_URL=found.redis_url, CELERY_BROKER_URL=found.broker_url)
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
