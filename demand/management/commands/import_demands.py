"""Import of needs by an operator: `manage.py import_demands FILE --city CODE [--organisation USCC] [--dry-run]`."""

from pathlib import Path
from typing import Any

from demand.imports.needs import import_demands
from portal import regions
from portal.sheets.commands import ImportCommand, find_organisation
from portal.sheets.services import Outcome


class Command(ImportCommand):
    help = "导入技术需求。重复导入同一文件不会改变任何数据。"

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.add_argument("--city", required=True, help="所在市：代码或名称，例如 370900 或 泰安市")
        parser.add_argument("--organisation", help="提出需求的企业：统一社会信用代码或单位编号")

    def import_sheet(self, path: Path, options: dict[str, Any]) -> Outcome:
        return import_demands(
            path=path,
            city_code=regions.parse_city(options["city"]),
            organisation=find_organisation(options["organisation"]) if options["organisation"] else None,
            dry_run=options["dry_run"],
        )
