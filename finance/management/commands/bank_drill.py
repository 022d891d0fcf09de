"""`manage.py bank_drill`: pushes to banks that fail, on a throw-away database, and a count of what went wrong."""

import datetime as dt
import os
import signal
import subprocess
import sys
from argparse import SUPPRESS
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from finance.drill.count import Count
from finance.drill.course import drill
from portal.embedded import throwaway

PATIENCE = 30


class Command(BaseCommand):
    help = "演练：向出错的银行推送项目并核对账目，在一次性数据库上运行；末行须全为零"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--projects", type=int, default=50)
        parser.add_argument("--banks", type=int, default=3)
        parser.add_argument(
            "--faults", action="store_true", help="银行超时、返回 500、断开、重启、误验签名，并杀死工作进程"
        )
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--minutes", type=float, default=30.0, help="等待全部送达和答复的最长时间")
        # Settings are read once at the start, so the throw-away database needs a process of its own.
        parser.add_argument("--on-this-database", action="store_true", help=SUPPRESS)

    def handle(self, **options: Any) -> None:
        for ending in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(ending, _end)
        if not options["on_this_database"]:
            sys.exit(self._run_apart())
        call_command("migrate", verbosity=0)
        try:
            found = self._drill(options)
        except BaseException as error:
            # Said where the progress is said: whoever keeps only that must not take the silence for a running drill.
            self._say(f"drill stopped: {error!r}")
            raise
        self.stdout.write(str(found))
        if not found.is_clean:
            sys.exit(1)

    def _drill(self, options: dict[str, Any]) -> Count:
        return drill(
            projects=options["projects"],
            banks=options["banks"],
            faults=options["faults"],
            seed=options["seed"],
            minutes=options["minutes"],
            say=self._say,
        )

    def _say(self, text: str) -> None:
        self.stdout.write(f"{dt.datetime.now(tz=dt.UTC):%H:%M:%S} {text}")
        self.stdout.flush()

    def _run_apart(self) -> int:
        """The same command in a process whose servers are made for it and vanish with it."""
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *sys.argv[1:], "--on-this-database"]
        with throwaway() as servers:
            environment = {**os.environ, "LOG_LEVEL": "ERROR", **servers.as_environment()}
            running = subprocess.Popen(command, env=environment)  # noqa: S603 - our own command
            try:
                return running.wait()
            except BaseException:
                # Its servers end with this process: it must say so first.
                running.terminate()
                running.wait(PATIENCE)
                raise


def _end(number: int, frame: FrameType | None) -> None:
    """End as by Ctrl-C, with everything that was started: a plain SIGTERM would leave without a word."""
    sys.exit(f"ended by {signal.Signals(number).name}")
