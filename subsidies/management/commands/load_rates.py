"""manage.py load_rates FILE.json: add newly published reference rates."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from portal.errors import ServiceError
from subsidies import loading
from subsidies.models import ReferenceRate


class Command(BaseCommand):
    help = "登记新公布的参考利率（JSON 列表：series、published_on、known_until、rate、source）。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                added, standing = loading.load_rates(options["file"], ReferenceRate)
        except ServiceError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"新增 {added}，已有 {standing}。")
