"""Measure how often the product finds a patent by its title when the title was taken away; reads a file only."""

import json
import random
from argparse import ArgumentTypeError
from dataclasses import asdict
from pathlib import Path
from typing import Any

import python_calamine as calamine
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from demand.management.meaning import meaning
from demand.ranking import RANKING_VERSION, NeedText
from demand.ranking.evaluation import known_item_pool, known_items, listed, product_rankings
from patents.index.memory import MemoryPatent

TITLE, ABSTRACT, CLASS = "专利名称", "摘要", "主分类号"


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError(f"“{text}”不是正整数。")
    return int(text)


class Command(BaseCommand):
    help = "从专利表中抽取若干名称作为需求，去掉名称后检验能否找回该专利"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pool", type=Path, required=True, help=f"专利 Excel，含列 {TITLE}、{ABSTRACT}、{CLASS}")
        parser.add_argument("--titles", type=_positive, default=500, help="抽取件数（默认 500）")
        parser.add_argument("--seed", type=int, default=0, help="随机种子（默认 0）")
        parser.add_argument("--no-meaning", action="store_true", help="只用用语，不用语义")
        parser.add_argument("--vectors", type=Path, default=settings.BUILD_DIR / "known-vectors.npz")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, **options: Any) -> None:
        pool = _pool(options["pool"])
        asked = random.Random(options["seed"]).sample(list(pool), min(options["titles"], len(pool)))  # noqa: S311
        needs = {key: NeedText(pool[key].title) for key in asked}
        with_meaning = None if options["no_meaning"] else meaning(options["vectors"], None, self.stderr.write)
        bare = known_item_pool(pool)
        rankings = listed(product_rankings(needs, bare, with_meaning), bare)
        figures = asdict(known_items(asked, rankings, {key: patent.title for key, patent in pool.items()}))
        if options["json"]:
            self.stdout.write(json.dumps({**figures, "version": RANKING_VERSION}))
        else:
            for name, value in figures.items():
                self.stdout.write(f"{name:20} {value:>8}")


def _pool(path: Path) -> dict[str, MemoryPatent]:
    """The patents by their row's number."""
    try:
        rows = calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    except (OSError, calamine.CalamineError) as error:
        raise CommandError(f"无法读取 {path}：{error}") from error
    heading = [str(cell) for cell in rows[0]] if rows else []
    missing = [name for name in (TITLE, ABSTRACT, CLASS) if name not in heading]
    if missing:
        raise CommandError(f"{path}：缺少列 {'、'.join(missing)}。")
    title, abstract, main_class = (heading.index(name) for name in (TITLE, ABSTRACT, CLASS))
    return {
        str(number): MemoryPatent(str(row[title]).strip(), str(row[abstract]).strip(), str(row[main_class]).strip())
        for number, row in enumerate(rows[1:], start=2)
    }
