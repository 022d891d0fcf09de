"""Measure the product's ranking on graded judgements, beside plain BM25; reads files, or what users judged."""

import csv
import json
from argparse import BooleanOptionalAction
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from demand.management.meaning import meaning
from demand.queries.feedback import feedback_set
from demand.ranking import RANKING_VERSION, NeedText
from demand.ranking.evaluation import (
    grades_by_demand,
    listed,
    measure,
    product_rankings,
    reference_rankings,
    refusals,
)
from patents.index.memory import MemoryPatent


class Command(BaseCommand):
    help = "用带分级标注的需求检验匹配质量，并与普通 BM25 对照"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from-feedback", action="store_true", help="用平台上供需双方的实际反馈代替三个文件")
        parser.add_argument("--pool", type=Path, help="专利 CSV：id,title,abstract,main_ipc")
        parser.add_argument("--demands", type=Path, help="需求 CSV：id,title,description")
        parser.add_argument("--judgements", type=Path, help="标注 TSV：demand_id,pool_id,grade（0-3）")
        parser.add_argument(
            "--meaning-depth", type=int, default=50, help="每条需求按用语取前多少件计算语义（默认 50，0 为不用语义）"
        )
        parser.add_argument(
            "--vectors",
            type=Path,
            default=settings.BUILD_DIR / "vectors.npz",
            help="语义向量缓存文件；首次计算每件约 0.1-0.2 秒，之后几秒完成",
        )
        parser.add_argument("--ranking-out", type=Path, help="写出排序 TSV：demand_id,pool_id,rank")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")
        parser.add_argument(
            "--condensed", action=BooleanOptionalAction, default=True, help="未标注的专利不计入排序（默认）"
        )

    def handle(self, **options: Any) -> None:
        needs, pool, judged = _from_feedback() if options["from_feedback"] else _from_files(options)
        grades = grades_by_demand(judged)
        titles = {patent: text.title.strip() for patent, text in pool.items()}
        depth = options["meaning_depth"]
        with_meaning = meaning(options["vectors"], depth, self.stderr.write) if depth > 0 else None
        found = product_rankings(needs, pool, with_meaning)
        rankings = listed(found, pool)
        if options["ranking_out"]:
            _write(options["ranking_out"], rankings)
        product, reference = (
            measure(order, grades, titles, condensed=options["condensed"]).rounded()
            for order in (rankings, reference_rankings(needs, pool))
        )
        right = refusals(found, grades)
        if options["json"]:
            figures = {
                **product,
                "version": RANKING_VERSION,
                "condensed": options["condensed"],
                "reference": reference,
                "refusals": asdict(right),
            }
            self.stdout.write(json.dumps(figures))
        else:
            for name, value in product.items():
                self.stdout.write(f"{name:20} {value:>8}   BM25 {reference[name]:>8}")
            self.stdout.write(
                f"{'refused':20} {right.refused:>8}   rightly {right.rightly_refused}, unanswerable {right.unanswerable}"
            )


Judged = list[tuple[str, str, int]]


def _from_feedback() -> tuple[dict[str, NeedText], dict[str, MemoryPatent], Judged]:
    found = feedback_set()
    if not found.judgements:
        raise CommandError("还没有供需双方的反馈可用。")
    return found.needs, found.pool, found.judgements


def _from_files(options: Mapping[str, Any]) -> tuple[dict[str, NeedText], dict[str, MemoryPatent], Judged]:
    absent = [f"--{name}" for name in ("pool", "demands", "judgements") if options[name] is None]
    if absent:
        raise CommandError(f"缺少参数 {'、'.join(absent)}（或者使用 --from-feedback）。")
    pool = {
        row["id"]: MemoryPatent(row["title"], row["abstract"], row.get("main_ipc") or "")
        for row in _table(options["pool"], ",", ("id", "title", "abstract"))
    }
    needs = {
        row["id"]: NeedText(row["title"], row["description"])
        for row in _table(options["demands"], ",", ("id", "title", "description"))
    }
    return needs, pool, list(_judgements(options["judgements"], pool))


def _table(path: Path, delimiter: str, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    """The rows of a file with a header; what lacks a column or is no text is refused in words."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, delimiter=delimiter, strict=True)
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise CommandError(f"{path}：缺少列 {'、'.join(missing)}。")
            for row in reader:
                yield {name: row[name] or "" for name in row if isinstance(name, str)}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"无法读取 {path}：{error}") from error


def _judgements(path: Path, pool: Mapping[str, MemoryPatent]) -> Iterator[tuple[str, str, int]]:
    for row in _table(path, "\t", ("demand_id", "pool_id", "grade")):
        if row["pool_id"] not in pool:
            raise CommandError(f"{path}：专利 {row['pool_id']} 不在专利文件中。")
        if row["grade"] not in {"0", "1", "2", "3"}:
            raise CommandError(f"{path}：分级“{row['grade']}”不是 0 至 3。")
        yield row["demand_id"], row["pool_id"], int(row["grade"])


def _write(path: Path, rankings: Mapping[str, Sequence[str]]) -> None:
    lines = (
        f"{demand}\t{patent}\t{place}\n"
        for demand, ranked in rankings.items()
        for place, patent in enumerate(ranked, start=1)
    )
    try:
        path.write_text("demand_id\tpool_id\trank\n" + "".join(lines), encoding="utf-8")
    except OSError as error:
        raise CommandError(f"无法写入 {path}：{error}") from error
