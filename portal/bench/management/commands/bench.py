"""Measure the portal on a throw-away database and compare with the goals."""

import json
import os
import subprocess
import sys
from argparse import SUPPRESS
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import autodiscover_modules

from portal.bench import Row, selected
from portal.embedded import throwaway


class Command(BaseCommand):
    help = "在一次性数据库上测量速度与内存，写入 build/bench.json"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", default="", metavar="NAME", help="只测量这一项")
        # Settings are read once at the start, so the throw-away database needs a process of its own.
        parser.add_argument("--on-this-database", action="store_true", help=SUPPRESS)

    def handle(self, *, only: str, on_this_database: bool, **options: Any) -> None:
        autodiscover_modules("bench")
        try:
            functions = selected(only)
        except LookupError as error:
            raise CommandError(str(error)) from error
        if not on_this_database:
            self._run_apart(only)
            return
        call_command("migrate", verbosity=0)
        rows = []
        for function in functions:
            for row in function():
                rows.append(row)
                self.stdout.write(_line(row))
        _write(rows, keep_others=bool(only))

    def _run_apart(self, only: str) -> None:
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "bench", "--on-this-database", "--only", only]
        with throwaway() as servers:
            addresses = {
                "DATABASE_URL": servers.database_url,
                "REDIS_URL": servers.redis_url,
                "CELERY_BROKER_URL": servers.broker_url,
            }
            finished = subprocess.run(command, env={**os.environ, "LOG_LEVEL": "WARNING", **addresses}, check=False)
        if finished.returncode:
            sys.exit(finished.returncode)


def _line(row: Row) -> str:
    compared = f"{row.reference:10.1f} {row.ratio:6.1f} x" if row.reference and row.ratio else " " * 19
    return f"{row.name:20} {row.value:10.1f} {row.unit:4} {compared}   {row.goal:24} {'met' if row.met else 'NOT MET'}"


def _write(rows: list[Row], *, keep_others: bool) -> None:
    """Write build/bench.json; a run of one row replaces that row and keeps the others."""
    path = settings.BUILD_DIR / "bench.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    names = {row.name for row in rows}
    others = json.loads(path.read_text()) if keep_others and path.exists() else []
    found = [*(row for row in others if row["name"] not in names), *map(asdict, rows)]
    path.write_text(json.dumps(found, indent=1) + "\n")
