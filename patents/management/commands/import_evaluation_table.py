"""manage.py import_evaluation_table FILE --code ... : keep an indicator table as a draft for another officer to approve."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from patents.imports.evaluation_table import read_parameters
from patents.models import EvaluationTable
from patents.services.evaluation_tables import TableHead, draft_table
from portal.accounts.models import User
from portal.errors import ServiceError


class Command(BaseCommand):
    help = "导入专利价值评价指标表（JSON 或表格）为草案；由另一名省级管理人员在后台批准后生效。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, help="起草人用户名（省级管理人员）")
        parser.add_argument("--code", required=True, help="版本编号；已有草案则替换其内容")
        parser.add_argument("--title", default="")
        parser.add_argument("--source", default="")
        parser.add_argument("--document-number", default="")
        parser.add_argument("--confidence", type=Decimal, default=None)
        parser.add_argument("--from", dest="in_force_from", type=dt.date.fromisoformat, default=None)
        parser.add_argument("--note", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        by = User.objects.filter(username=options["by"]).first()
        if by is None:
            raise CommandError(f"没有用户“{options['by']}”。")
        standing = EvaluationTable.objects.filter(code=options["code"]).first()
        try:
            parameters = read_parameters(
                options["file"], shape=(standing.parameters.get("shape") if standing else None)
            )
            table = draft_table(by=by, head=_head(options, standing), parameters=parameters)
        except (ServiceError, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"指标表 {table.code} 已存为草案，{len(table.parameters['indicators'])} 项指标，待另一名管理人员批准。"
        )


def _head(options: dict[str, Any], standing: EvaluationTable | None) -> TableHead:
    """What is not given stays as the standing draft has it."""

    def given(name: str, default: Any) -> Any:
        value = options[name]
        return value if value not in ("", None) else getattr(standing, name) if standing else default

    return TableHead(
        code=options["code"],
        title=given("title", ""),
        source=given("source", ""),
        confidence=given("confidence", Decimal(0)),
        in_force_from=given("in_force_from", dt.date(2000, 1, 1)),
        document_number=given("document_number", ""),
        note=given("note", ""),
    )
