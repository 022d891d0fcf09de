"""Import of lists of award winners. The same list again changes nothing; another winner of an award is refused."""

from pathlib import Path
from typing import Any

from django.db import transaction

from patents.services.moves import require_role
from portal import clock, codes
from portal.accounts.enums import Role
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.outbox.services import publish
from portal.sheets import cells
from portal.sheets.services import fingerprint
from portal.sheets.table import Column, Table, read_table
from subsidies.enums import AwardGrade, AwardLevel
from subsidies.imports.common import Outcome, patent_number, rows_of
from subsidies.models import Award

TEMPLATE_VERSION = "subsidies.awards/1"
GRADES = {
    AwardLevel.CHINA: (AwardGrade.GOLD, AwardGrade.SILVER, AwardGrade.EXCELLENT),
    AwardLevel.SHANDONG: (AwardGrade.SPECIAL, AwardGrade.FIRST, AwardGrade.SECOND, AwardGrade.THIRD),
}
_LEVELS = {label: code for code, label in AwardLevel.choices} | {"中国外观设计奖": AwardLevel.CHINA}
_GRADES = {label: code for code, label in AwardGrade.choices} | {
    "外观设计金奖": AwardGrade.GOLD,
    "外观设计银奖": AwardGrade.SILVER,
    "外观设计优秀奖": AwardGrade.EXCELLENT,
}
COLUMNS: tuple[Column, ...] = (
    Column(
        "level", "奖项", cells.choice(_LEVELS), is_required=True, choices=tuple(AwardLevel.labels), example="中国专利奖"
    ),
    Column(
        "grade", "等级", cells.choice(_GRADES), is_required=True, choices=tuple(AwardGrade.labels), example="优秀奖"
    ),
    Column("year", "年度", cells.whole_number(1985, 2100), is_required=True, example="2025"),
    Column("announced_on", "授奖公布日", cells.date, aliases=("公布日期",), is_required=True, example="2025-07-01"),
    Column("patent_number", "专利号", patent_number, aliases=("申请号",), is_required=True, example="201710601862.3"),
    Column("title", "专利名称", cells.line(300), is_required=True, example="一种夹具"),
    Column("winner_name", "获奖单位", cells.line(200), aliases=("专利权人",), is_required=True, example="某某有限公司"),
    Column("uscc", "统一社会信用代码", codes.parse_uscc, is_required=True, example="91370100MA3XXXXX0X"),
)
COLUMN = {column.field: column for column in COLUMNS}
COMPARED = ("grade", "announced_on", "title", "uscc", "winner_name")


@transaction.atomic
def import_awards(*, path: Path, by: User, apply: bool) -> Outcome:
    """Check a list and, with `apply` and nothing against it, write it whole; claims follow from the event.

    Raises:
        Invalid: the file is no such sheet.
        NotAllowed: only the province brings lists.
    """
    require_role(by, Role.PROVINCE, message="获奖名单由省级管理人员导入。")
    table, sha256 = read_table(path, COLUMNS), fingerprint(path)
    fresh, unchanged = _compare(table, rows_of(table, COLUMNS))
    outcome = Outcome(
        row=len(table.row_numbers),
        new=len(fresh),
        unchanged=unchanged,
        problems=tuple(table.problems),
        is_applied=apply and not table.problems,
    )
    if outcome.is_applied and fresh:
        made = Award.objects.bulk_create(_award(table, index, values, sha256) for index, values in fresh)
        publish("subsidies.awards.imported", key=f"awards:{sha256[:16]}", award_ids=[award.pk for award in made])
        for award in made:
            record(by=by, verb="导入专利奖", target=award, sha256=sha256, row=award.source_row)
    return outcome


def _compare(table: Table, rows: list[tuple[int, dict[str, Any]]]) -> tuple[list[tuple[int, dict[str, Any]]], int]:
    numbers = [values["patent_number"] for _, values in rows]
    keys = ("level", "year", "patent_number")
    standing = {
        tuple(row[name] for name in keys): row
        for row in Award.objects.filter(patent_number__in=numbers).values(*keys, *COMPARED)
    }
    fresh, unchanged = [], 0
    for index, values in rows:
        key = tuple(values[name] for name in keys)
        if values["grade"] not in GRADES[AwardLevel(values["level"])]:
            table.refuse(index, "该奖项没有这个等级。", column=COLUMN["grade"], value=AwardGrade(values["grade"]).label)
        elif values["announced_on"] > clock.today():
            table.refuse(index, "授奖公布日晚于今天。", column=COLUMN["announced_on"], value=values["announced_on"])
        elif key not in standing:
            fresh.append((index, values))
            standing[key] = values
        elif name := next((name for name in COMPARED if standing[key][name] != values[name]), None):
            table.refuse(
                index, f"同一奖项已登记，“{COLUMN[name].heading}”为“{standing[key][name]}”。", column=COLUMN[name]
            )
        else:
            unchanged += 1
    return fresh, unchanged


def _award(table: Table, index: int, values: dict[str, Any], sha256: str) -> Award:
    winner = Organisation.objects.filter(uscc=values["uscc"]).first()
    return Award(**values, organisation=winner, source_sha256=sha256, source_row=table.row_numbers[index])
