"""manage.py load_demo [--size small|full] [--seed N]: invented data to try the portal with."""

import sys
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from stats.demo import PATENT_COUNTS, load_demo

BAR_WIDTH = 30
SECONDS_BETWEEN_DRAWS = 0.1


class Command(BaseCommand):
    help = "生成演示数据（机构、账号、专利、需求、融资项目等）；第二次运行不改变数据。生产环境禁用。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", choices=sorted(PATENT_COUNTS, reverse=True), default="small")
        parser.add_argument("--seed", type=int, default=1, help="相同的种子生成相同的数据")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("生产环境不能加载演示数据：演示账号的密码是公开的。")
        started = time.monotonic()
        if load_demo(size=options["size"], seed=options["seed"], progress=_progress(self.stdout)):
            self.stdout.write(f"演示数据已生成（{options['size']}，{time.monotonic() - started:.0f} 秒）。")
        else:
            self.stdout.write("演示数据已存在，未作更改。")


def _progress(stdout: Any) -> Callable[[str, int, int], None]:
    """A bar on a terminal; elsewhere one line when a step is done."""
    on_terminal = sys.stdout.isatty() and stdout.isatty()
    drawn_at = 0.0

    def show(step: str, done: int, total: int) -> None:
        nonlocal drawn_at
        is_over = done >= total
        if on_terminal and (is_over or time.monotonic() - drawn_at > SECONDS_BETWEEN_DRAWS):
            drawn_at = time.monotonic()
            filled = BAR_WIDTH * done // max(total, 1)
            bar = "█" * filled + "░" * (BAR_WIDTH - filled)
            stdout.write(
                f"\r  {bar} {100 * done // max(total, 1):3d}% {step} {done}/{total}", ending="\n" if is_over else ""
            )
            stdout.flush()
        elif is_over and not on_terminal:
            stdout.write(f"  {step} {total}")

    return show
