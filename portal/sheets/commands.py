"""What the import commands share: naming an organisation and telling the result."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.models import Organisation
from portal.codes import USCC_LENGTH
from portal.errors import Invalid
from portal.sheets.services import Outcome

SHOWN = 20


class ImportCommand(BaseCommand):
    """A command that imports one sheet: subclasses say how (`import_sheet`)."""

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path, help="表格文件（.xlsx、.xls、.csv）")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")

    def import_sheet(self, path: Path, options: dict[str, Any]) -> Outcome:
        """Import `path`, or with options["dry_run"] only say what that would do."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"找不到文件：{path}")
        started = time.monotonic()
        try:
            outcome = self.import_sheet(path, options)
        except Invalid as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(describe(outcome, dry_run=options["dry_run"]))
        for problem in outcome.problems[:SHOWN]:
            self.stdout.write(f"  {problem}")
        if len(outcome.problems) > SHOWN:
            self.stdout.write(f"  ……共 {len(outcome.problems)} 条")
        self.stdout.write(f"用时 {time.monotonic() - started:.1f} 秒。")

    def show_progress(self, done: int, total: int) -> None:
        """A line that counts up, on a terminal only."""
        if self.stderr.isatty():
            self.stderr.write(f"\r已写入 {done}/{total}", ending="\n" if done == total else "")


def describe(outcome: Outcome, *, dry_run: bool) -> str:
    """The result in one line."""
    counted = (
        f"共 {outcome.row} 行：新增 {outcome.new}，补充 {outcome.changed}，未变 {outcome.unchanged}，"
        f"表内重复 {outcome.repeated}，不一致 {outcome.conflict}，退回 {outcome.refused}；"
        f"另有空行 {outcome.blank}，提醒 {outcome.warning}。"
    )
    if not outcome.new + outcome.changed:
        return f"没有变化：表中没有需要入库的内容。{counted}"
    return f"{'检查完成，未写入' if dry_run else '导入完成'}。{counted}"


def find_organisation(text: str) -> Organisation:
    """The organisation with this credit code or number.

    Raises:
        CommandError: there is none.
    """
    word = text.strip().upper()
    is_number = word.isascii() and word.isdigit() and len(word) < USCC_LENGTH
    organisation = Organisation.objects.filter(**{"pk" if is_number else "uscc": word}).first()
    if organisation is None:
        raise CommandError(f"没有单位“{text}”，请填写统一社会信用代码或单位编号。")
    return organisation
