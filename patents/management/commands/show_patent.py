"""A patent as of any day: `manage.py show_patent NUMBER [--as-of 2026-01-31]`."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from patents.models import Evaluation, Patent
from patents.numbers import parse_application_number, parse_publication_number
from patents.queries.history import AsOf, RoundAsOf, as_of
from portal import clock
from portal.errors import Invalid


class Command(BaseCommand):
    help = "显示一件专利在某日的法律状态、权利人、法律负担、入库情况和评价得分"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("number", help="申请号或公布（公告）号，任何写法")
        parser.add_argument("--as-of", help="日期，例如 2026-01-31；不写为今天")

    def handle(self, *args: Any, **options: Any) -> None:
        patent = _find(options["number"])
        for label, text in _lines(patent, as_of(patent, _day(options["as_of"]), evaluations=Evaluation.objects.all())):
            self.stdout.write(f"{label}：{text}")


def _find(text: str) -> Patent:
    try:
        found = Patent.objects.filter(number=parse_application_number(text).value).first()
    except Invalid as not_application:
        try:
            number = parse_publication_number(text)
        except Invalid:
            raise CommandError(not_application.message) from not_application
        found = Patent.objects.filter(publication_number=number.value).first()
    if found is None:
        raise CommandError(f"库中没有专利 {text}。")
    return found


def _day(text: str | None) -> dt.date:
    if not text:
        return clock.today()
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"“{text}”不是日期，请写成 2026-01-31 的形式。") from error


def _lines(patent: Patent, was: AsOf) -> list[tuple[str, str]]:
    offer = was.listing
    listing = (
        f"在库（{offer.way_names or '未写明转化方式'}），{offer.entered_on} 至 {offer.expires_on}"
        if offer
        else "不在库"
    )
    inferred = "" if was.is_stated else "（由著录日期推定）"
    return [
        ("专利", f"{patent.display_number} {was.record.title if was.record else patent.title}"),
        ("日期", str(was.day)),
        ("法律状态", was.status_label + inferred),
        ("法律负担", "、".join(str(overlay.label) for overlay in was.overlays) or "无"),
        ("专利权人", "、".join(was.owners) or "无登记"),
        ("入库", listing),
        ("价值评价", "；".join(map(_round, was.rounds)) or "无"),
        ("法律事件", "；".join(str(event) for event in was.events) or "无"),
    ]


def _round(one: RoundAsOf) -> str:
    """Every scorer's scores in their own words: legal, technical, economic, total."""
    scores = "，".join(
        f"{label} {'/'.join(_score(value) for value in (row.legal_score, row.technical_score, row.economic_score))}"
        f" 总分 {_score(row.total_score)}"
        for label, rows in one.by_scorer
        for row in rows
    )
    state = "已完成" if one.is_closed else "评价中"
    return f"{one.evaluation.ref}（{one.scene}，{state}）：{scores or '尚无得分'}"


def _score(value: Decimal | None) -> str:
    return "—" if value is None else f"{value}"
