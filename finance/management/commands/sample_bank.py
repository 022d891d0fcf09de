"""`manage.py sample_bank`: start the sample bank, a program that shares nothing with the portal but HTTP."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from finance.sample_bank import program


class Command(BaseCommand):
    help = "示例银行：接收推送、验证签名并答复（见 docs/bank-integration.md）"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        program.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        program.run(argparse.Namespace(**options))
