"""manage.py load_rules: put the shipped rule versions and reference rates into the database; harmless twice."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.errors import ServiceError
from portal.policy.models import RuleVersion
from subsidies import loading
from subsidies.models import ReferenceRate


class Command(BaseCommand):
    help = "装入平台自带的补贴规则版本和参考利率；重复执行无影响。"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                rules = loading.load_rules(RuleVersion)
                rates = loading.load_rates(loading.LPR, ReferenceRate)
        except ServiceError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"规则版本：新增 {rules[0]}，已有 {rules[1]}。参考利率：新增 {rates[0]}，已有 {rates[1]}。")
