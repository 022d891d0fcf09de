"""Import of GB/T 4754 by an operator: `manage.py import_industries FILE`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from demand.loading import load_industries
from demand.models import IndustryClass
from portal.errors import Invalid


class Command(BaseCommand):
    help = "导入国民经济行业分类（CSV：code,name,parent,level），替换现有清单"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("path", type=Path)

    def handle(self, **options: Any) -> None:
        try:
            with transaction.atomic():
                count = load_industries(options["path"], IndustryClass)
        except Invalid as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"已导入 {count} 个行业。")
