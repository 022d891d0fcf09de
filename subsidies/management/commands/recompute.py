"""manage.py recompute --all: prove every stored result byte for byte from its rule version, facts and rates."""

from functools import lru_cache
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.errors import Invalid
from portal.policy.models import RuleVersion
from portal.policy.results import canonical
from subsidies.models import Calculation
from subsidies.policy import compute
from subsidies.queries.rules import rate_book, version_of

BATCH = 2_000


class Command(BaseCommand):
    help = "按存档的规则版本、事实和利率重算全部补贴结果，逐字节比对；不改变任何数据。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", required=True, help="全部存档结果")

    def handle(self, *args: Any, **options: Any) -> None:
        versions = {rule.pk: version_of(rule) for rule in RuleVersion.objects.all()}
        rates = lru_cache(rate_book)
        count = differing = 0
        rows = Calculation.objects.order_by("id").values_list("id", "rule_id", "facts", "result", "rates_until")
        for pk, rule_id, facts, result, until in rows.iterator(chunk_size=BATCH):
            count += 1
            try:
                again = compute(versions[rule_id], facts, rates(until)).as_json()
            except Invalid as refusal:
                again = {"unreadable": refusal.message}
            if canonical(again) != canonical(result):
                differing += 1
                self.stderr.write(f"计算 {pk}：重算结果与存档不同。")
        if differing:
            raise CommandError(f"重算 {count} 条，{differing} 条与存档不同。")
        self.stdout.write(f"重算 {count} 条，全部与存档一致。")
