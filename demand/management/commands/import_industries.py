"""Import of GB/T 4754 by an operator: `manage.py import_industries FILE`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from demand.imports.industries import import_industries
from portal.errors import Invalid


class Command(BaseCommand):
    help = "导入国民经济行业分类（标准所附的表：门类、大类、中类、小类、类别名称；或 code,name,parent,level），替换现有清单"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("path", type=Path)

    def handle(self, **options: Any) -> None:
        if not options["path"].is_file():
            raise CommandError(f"找不到文件：{options['path']}")
        try:
            with transaction.atomic():
                count = import_industries(options["path"])
        except Invalid as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"已导入 {count} 个行业。")
