"""manage.py compute_subsidy --facts FILE.json [--rule ID]: the result and its lines as JSON."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.errors import Invalid
from portal.policy.facts import Facts
from subsidies.policy import compute
from subsidies.queries.rules import rate_book, rule_named, version_of

UNREADABLE = 2


class Command(BaseCommand):
    help = "按规则版本计算补贴：结果和各步以 JSON 输出；结果或不予补贴退出码为 0，事实无法读取为 2。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--facts", required=True, type=Path, help="事实文件（JSON）")
        parser.add_argument("--rule", default="", help="规则版本编号，优先于事实文件中的 rule")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = _compute(options["facts"], options["rule"])
        except Invalid as refusal:
            self.stderr.write(refusal.message)
            sys.exit(UNREADABLE)
        self.stdout.write(json.dumps(result, ensure_ascii=False, indent=1))


def _compute(path: Path, code: str) -> dict[str, Any]:
    try:
        facts = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise Invalid(f"无法读取事实文件 {path.name}：{error}") from error
    code = code or Facts(facts).text("rule")
    rule = rule_named(code)
    if rule is None:
        raise Invalid(f"没有生效的规则版本“{code[:60]}”。", field="rule")
    return compute(version_of(rule), Facts(facts).data, rate_book()).as_json()
