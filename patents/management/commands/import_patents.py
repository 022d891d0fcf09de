"""Import of a pool sheet by an operator: `manage.py import_patents FILE [--holder ORG] [--dry-run]`."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from patents.imports.load import import_file
from portal.accounts.models import Organisation
from portal.errors import Invalid
from portal.sheets.services import Outcome

SHOWN = 20


class Command(BaseCommand):
    help = "导入专利清单（.xlsx、.xls、.csv）。重复导入同一文件不会改变任何数据。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="专利清单文件")
        parser.add_argument("--holder", help="权利人：统一社会信用代码或单位编号")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"找不到文件：{path}")
        started = time.monotonic()
        try:
            outcome = import_file(
                path=path,
                holder=find_organisation(options["holder"]) if options["holder"] else None,
                by=None,
                dry_run=options["dry_run"],
                progress=self._show_progress,
            )
        except Invalid as refusal:
            raise CommandError(refusal.message) from refusal
        self._report(outcome, dry_run=options["dry_run"], seconds=time.monotonic() - started)

    def _show_progress(self, done: int, total: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r已写入 {done}/{total}", ending="\n" if done == total else "")

    def _report(self, outcome: Outcome, *, dry_run: bool, seconds: float) -> None:
        self.stdout.write(describe(outcome, dry_run=dry_run))
        for problem in outcome.problems[:SHOWN]:
            self.stdout.write(f"  {problem}")
        if len(outcome.problems) > SHOWN:
            self.stdout.write(f"  ……共 {len(outcome.problems)} 条")
        self.stdout.write(f"用时 {seconds:.1f} 秒。")


def find_organisation(text: str) -> Organisation:
    """The organisation with this credit code or number.

    Raises:
        CommandError: there is none.
    """
    key = {"pk": int(text)} if text.isascii() and text.isdigit() and len(text) < 18 else {"uscc": text.strip().upper()}  # noqa: PLR2004  length of a credit code
    try:
        return Organisation.objects.get(**key)
    except Organisation.DoesNotExist:
        raise CommandError(f"没有单位“{text}”，请填写统一社会信用代码或单位编号。") from None


def describe(outcome: Outcome, *, dry_run: bool) -> str:
    """The result in one line."""
    counted = (
        f"共 {outcome.row} 行：新增 {outcome.new}，补充 {outcome.changed}，未变 {outcome.unchanged}，"
        f"表内重复 {outcome.repeated}，不一致 {outcome.conflict}，退回 {outcome.refused}；"
        f"另有空行 {outcome.blank}，提醒 {outcome.warning}。"
    )
    if not outcome.new + outcome.changed:
        return (
            f"没有变化：表中内容库中都已有。{counted}"
            if not outcome.refused + outcome.conflict
            else f"没有变化。{counted}"
        )
    return f"{'检查完成，未写入' if dry_run else '导入完成'}。{counted}"
