"""Import of a reference table: `manage.py import_concordance --kind ipc_sei --version 2021 FILE`."""

import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from patents.enums import TableKind
from patents.imports.concordance import read_references
from patents.services.industries import import_reference, tag_patents
from portal.errors import ServiceError


class Command(BaseCommand):
    help = "导入国际专利分类与产业分类的参照关系表、专利密集型产业目录或国际专利分类类名，并重新计算专利的产业标签。"

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        # --version is the table's here, not Django's.
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="表格文件（.xlsx、.xls、.csv）")
        parser.add_argument("--kind", required=True, choices=TableKind.values, help="表的种类")
        parser.add_argument("--version", dest="table_version", required=True, help="版本，例如 2021")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"找不到文件：{path}")
        kind = TableKind(options["kind"])
        try:
            rows = read_references(path, kind)
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            table = import_reference(kind=kind, version=options["table_version"], rows=rows, sha256=digest)
        except ServiceError as refusal:
            raise CommandError(refusal.message) from refusal
        tagged = 0 if kind == TableKind.IPC_NAMES else tag_patents()
        self.stdout.write(f"{table}：{table.row_count} 行，现行；重新计算 {tagged} 件专利的产业标签。")
