"""Import of lists of recognised firms, as the authorities publish them."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from django.db import connection, transaction

from patents.enums.recognition import RecognitionKind, RecognitionSource, RecognitionState
from patents.models import Recognition
from portal import clock, codes, refs, regions
from portal.accounts.enums import Role
from portal.accounts.models import Organisation
from portal.audit import services as audit
from portal.errors import ServiceError
from portal.outbox.services import publish
from portal.sheets import cells
from portal.sheets import services as sheets
from portal.sheets.enums import ImportState
from portal.sheets.models import SheetImport
from portal.sheets.services import Outcome
from portal.sheets.table import Column, Problem, Table, in_order, read_table
from portal.sheets.writing import error_workbook

log = structlog.get_logger(__name__)
KIND = "patents.recognitions"
TEMPLATE_VERSION = "patents.recognitions/1"
BROKEN = "处理时发生内部错误，没有写入任何数据；请稍后重新上传，仍不成功请联系管理员。"
# Imports wait for each other: what one compared must still hold when it writes.
_LOCK = 0x7265636F
_KIND_WORDS = {label: code for code, label in RecognitionKind.choices} | {
    "知识产权贯标企业": RecognitionKind.IP_STANDARD,
    "省级示范企业": RecognitionKind.PROVINCIAL_DEMO,
    "国家优势企业": RecognitionKind.NATIONAL_ADVANTAGE,
    "国家示范企业": RecognitionKind.NATIONAL_DEMO,
}
COLUMNS: tuple[Column, ...] = (
    Column(
        "firm_name", "企业名称", cells.line(200), aliases=("单位名称", "名称"), is_required=True, example="某某有限公司"
    ),
    Column(
        "uscc",
        "统一社会信用代码",
        codes.parse_uscc,
        aliases=("信用代码", "社会信用代码"),
        is_required=True,
        example="91370100MA3XXXXX0X",
    ),
    Column(
        "city_code",
        "所在市",
        regions.parse_city,
        aliases=("城市", "地市", "市"),
        is_required=True,
        choices=tuple(regions.CITIES.values()),
        example="济南市",
    ),
    Column(
        "kind",
        "认定类型",
        cells.choice(_KIND_WORDS),
        aliases=("类型", "称号"),
        is_required=True,
        choices=tuple(RecognitionKind.labels),
        example=RecognitionKind.PROVINCIAL_DEMO.label,
    ),
    Column(
        "document_number",
        "认定文号",
        cells.line(100),
        aliases=("文号", "证书编号", "认定文号或证书编号"),
        is_required=True,
        example="某市监发〔2022〕1号",
    ),
    Column(
        "granted_on", "认定日期", cells.date, aliases=("认定日", "发证日期"), is_required=True, example="2022-03-01"
    ),
    Column("valid_until", "有效期至", cells.date, aliases=("有效期", "截止日期"), example="2025-02-28"),
)
COLUMN = {column.field: column for column in COLUMNS}
_COMPARED = ("firm_name", "city_code", "document_number", "valid_until")


@dataclass(slots=True)
class Plan:
    """What a sheet would change."""

    table: Table
    new: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    conflicts: list[Problem] = field(default_factory=list)
    unchanged: int = 0
    repeated: int = 0

    def outcome(self) -> Outcome:
        """The counts; each row not refused is in exactly one of them."""
        return Outcome(
            sheet_name=self.table.sheet_name,
            row=len(self.table.row_numbers),
            new=len(self.new),
            unchanged=self.unchanged,
            repeated=self.repeated,
            conflict=len(self.conflicts),
            refused=len(self.table.refused),
            blank=self.table.blank_count,
            warning=len(self.table.warnings),
            problems=in_order(self.table.problems, self.conflicts, self.table.warnings),
        )


def make_plan(path: Path, *, city_code: str = "") -> Plan:
    """Compare a sheet with itself and with what is recorded; nothing recorded is overwritten.

    A firm, a kind and a day name one recognition. With `city_code` firms of other cities are refused.

    Raises:
        Invalid: the file is no such sheet.
    """
    table = read_table(path, COLUMNS)
    plan = Plan(table)
    rows = list(_rows(table, city_code))
    standing = {
        (row["uscc"], row["kind"], row["granted_on"]): row
        for row in Recognition.objects.filter(uscc__in={values["uscc"] for _, values in rows}).values(
            "uscc", "kind", "granted_on", *_COMPARED
        )
    }
    seen: dict[tuple[Any, ...], dict[str, Any]] = {}
    for index, values in rows:
        key = (values["uscc"], values["kind"], values["granted_on"])
        if key in seen:
            _count(plan, index, values, seen[key], "表中", is_repeat=True)
        elif key in standing:
            _count(plan, index, values, standing[key], "库中", is_repeat=False)
        else:
            plan.new.append((table.row_numbers[index], values))
        seen.setdefault(key, values)
    return plan


def _rows(table: Table, city_code: str) -> Iterator[tuple[int, dict[str, Any]]]:
    today = clock.today()
    for index in range(len(table.row_numbers)):
        if index in table.refused:
            continue
        values = {column.field: table.values[column.field][index] for column in COLUMNS}
        if values["granted_on"] > today:
            table.refuse(index, "认定日期晚于今天。", column=COLUMN["granted_on"], value=values["granted_on"])
        elif values["valid_until"] and values["valid_until"] <= values["granted_on"]:
            table.refuse(index, "有效期应晚于认定日期。", column=COLUMN["valid_until"], value=values["valid_until"])
        elif city_code and values["city_code"] != city_code:
            table.refuse(index, "该企业不在本市。", column=COLUMN["city_code"])
        else:
            yield index, values


def _count(
    plan: Plan, index: int, values: dict[str, Any], standing: dict[str, Any], where: str, *, is_repeat: bool
) -> None:
    name = next((name for name in _COMPARED if values[name] != standing[name]), None)
    if name is None:
        plan.repeated += is_repeat
        plan.unchanged += not is_repeat
        return
    column = COLUMN[name]
    shown = str(standing[name] or "空")[:40]
    message = f"{where}同一认定的“{column.heading}”为“{shown}”，未作改动。"
    row, letters = plan.table.row_numbers[index], plan.table.letters.get(name, "")
    plan.conflicts.append(Problem(row, letters, column.heading, str(values[name] or "")[:60], message))


def check_sheet(*, import_id: int) -> None:
    """Compare an uploaded list for its preview. Harmless when run twice."""
    received = sheets.start_check(import_id=import_id)
    if received is None:
        return
    try:
        original = Path(received.file.path)
        plan = make_plan(original, city_code=_city_of(received))
        outcome = plan.outcome()
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "errors.xlsx" if outcome.problems else None
            if target:
                table = plan.table
                error_workbook(
                    original, outcome.problems, target, sheet_name=table.sheet_name, header_row=table.header_row
                )
            sheets.finish_check(import_id=import_id, outcome=outcome, error_sheet=target)
    except ServiceError as refusal:
        sheets.fail(import_id=import_id, reason=refusal.message)
    except Exception:
        log.exception("recognition_import_failed", import_id=import_id)
        sheets.fail(import_id=import_id, reason=BROKEN)


def apply_sheet(*, import_id: int) -> None:
    """Record a confirmed list, all of it or nothing. Harmless when run twice."""
    try:
        _apply(import_id)
    except ServiceError as refusal:
        sheets.fail(import_id=import_id, reason=refusal.message)
    except Exception:
        log.exception("recognition_import_failed", import_id=import_id)
        sheets.fail(import_id=import_id, reason=BROKEN)


@transaction.atomic
def _apply(import_id: int) -> None:
    received = SheetImport.objects.select_for_update(of=("self",)).get(pk=import_id)
    if received.state != ImportState.APPLYING:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    plan = make_plan(Path(received.file.path), city_code=_city_of(received))
    _create(plan, received)
    outcome = plan.outcome()
    sheets.finish_apply(received, outcome)
    if plan.new:
        publish(
            "patents.recognitions.imported",
            key=f"import:{received.pk}",
            sheet_import_id=received.pk,
            **outcome.counts(),
        )
        audit.record(by=received.uploaded_by, verb="导入企业认定", target=received, **outcome.counts())


def _city_of(received: SheetImport) -> str:
    by = received.uploaded_by
    return by.city_code if by is not None and by.role == Role.CITY else ""


def _create(plan: Plan, received: SheetImport) -> None:
    codes_ = {values["uscc"] for _, values in plan.new}
    registered = dict(Organisation.objects.filter(uscc__in=codes_).values_list("uscc", "pk"))
    made = []
    for row, values in plan.new:
        pk, ref = refs.reserve(Recognition, "RD")
        made.append(
            Recognition(
                pk=pk,
                ref=ref,
                organisation_id=registered.get(values["uscc"]),
                state=RecognitionState.RECOGNISED,
                source=RecognitionSource.IMPORT,
                source_import=received,
                source_row=row,
                **values,
            )
        )
    Recognition.objects.bulk_create(made, batch_size=500)
