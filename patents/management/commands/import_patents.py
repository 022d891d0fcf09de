"""Import of a pool sheet by an operator: `manage.py import_patents FILE [--holder ORG] [--dry-run]`."""

from pathlib import Path
from typing import Any

from patents.imports.load import import_file
from portal.sheets.commands import ImportCommand, find_organisation
from portal.sheets.services import Outcome


class Command(ImportCommand):
    help = "导入专利清单。重复导入同一文件不会改变任何数据。"

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.add_argument("--holder", help="权利人：统一社会信用代码或单位编号")

    def import_sheet(self, path: Path, options: dict[str, Any]) -> Outcome:
        return import_file(
            path=path,
            holder=find_organisation(options["holder"]) if options["holder"] else None,
            by=None,
            dry_run=options["dry_run"],
            progress=self.show_progress,
        )
