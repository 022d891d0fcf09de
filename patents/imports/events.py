"""Sheets of legal events, as a gazette search writes them: read, judge, record."""

from collections.abc import Callable, Iterator
from pathlib import Path

from django.core.files import File
from django.db import transaction

from patents.enums import EventCode, LicenceKind, SourceKind
from patents.models import Patent, PatentQuerySet
from patents.numbers import parse_application_number
from patents.policy.events import EventFacts
from patents.services.legal import events_by_patent, judge, record_events
from patents.services.legal_writing import Announced, Judged, Source
from portal.accounts.models import User
from portal.audit import services as audit
from portal.sheets import cells
from portal.sheets import services as sheets
from portal.sheets.enums import ImportState
from portal.sheets.models import SheetImport
from portal.sheets.services import Outcome
from portal.sheets.table import Column, Problem, Table, in_order, read_table

KIND = "patents.legal_events"
TEMPLATE_VERSION = "patents.legal_events/1"
BATCH = 500
LOOKUP = 5_000
CONFLICTS = frozenset({"older_event", "overlay_stands", "licence_stands", "nothing_to_end", "reference_differs"})

# How the office's search words the events, besides their codes and the portal's labels.
EVENT_WORDS: dict[str, EventCode] = {
    **{str(code.value): code for code in EventCode},
    **{str(code.label): code for code in EventCode},
    "公开": EventCode.PB01, "公布": EventCode.PB01, "发明专利申请公开": EventCode.PB01,
    "实质审查": EventCode.SE01, "实质审查生效": EventCode.SE01,
    "授权": EventCode.GR01, "发明专利权授予": EventCode.GR01, "实用新型专利权授予": EventCode.GR01,
    "外观设计专利权授予": EventCode.GR01,
    "发明专利申请公布后的撤回": EventCode.WD01, "发明专利申请公布后的视为撤回": EventCode.WD01,
    "视为撤回": EventCode.WD01, "撤回": EventCode.WD01,
    "发明专利申请公布后的驳回": EventCode.RJ01, "驳回": EventCode.RJ01,
    "专利权的终止": EventCode.CF01, "专利权终止": EventCode.CF01,
    "专利权有效期届满": EventCode.CX01, "放弃专利权": EventCode.AV01, "避免重复授权放弃专利权": EventCode.AV01,
    "专利权的转移": EventCode.TR01, "专利申请权、专利权的转移": EventCode.TR01, "专利申请权的转移": EventCode.TR01,
    "专利权质押合同登记的生效": EventCode.PE01, "专利权质押合同登记的变更": EventCode.PM01,
    "专利权质押合同登记的注销": EventCode.PC01,
    "专利实施许可合同备案的生效": EventCode.EE01, "专利实施许可合同备案的变更": EventCode.EM01,
    "专利实施许可合同备案的注销": EventCode.EC01,
    "专利权的保全": EventCode.PP01, "专利权的保全及其解除": EventCode.PD01, "专利权保全的解除": EventCode.PD01,
    "专利权的部分无效宣告": EventCode.IP01, "专利权的全部无效宣告": EventCode.IW01,
    "专利权的恢复": EventCode.RR01, "恢复权利": EventCode.RR01,
}  # fmt: skip
LICENCE_WORDS = {
    **{str(kind.label): kind for kind in LicenceKind},
    "独占": LicenceKind.EXCLUSIVE,
    "排他": LicenceKind.SOLE,
    "普通": LicenceKind.ORDINARY,
}


def _fact(field: str, heading: str, *aliases: str) -> Column:
    return Column(field, heading, cells.line(500), aliases=aliases, empty="")


FACT_COLUMNS = (
    _fact("pledgor", "出质人"),
    _fact("pledgee", "质权人"),
    _fact("licensor", "许可人", "让与人"),
    _fact("licensee", "被许可人"),
    Column("licence_kind", "许可种类", cells.choice(LICENCE_WORDS), choices=tuple(LICENCE_WORDS)[:3], empty=""),
    _fact("transferor", "变更前权利人", "转让人"),
    _fact("transferee", "变更后权利人", "受让人"),
    _fact("old_name", "变更前名称"),
    _fact("new_name", "变更后名称"),
    _fact("court", "保全机关"),
    _fact("note", "备注"),
)
COLUMNS: tuple[Column, ...] = (
    Column(
        "number",
        "申请号",
        parse_application_number,
        aliases=("专利申请号", "专利号", "申请（专利）号"),
        is_required=True,
        example="201710601862.3",
    ),
    Column(
        "code",
        "法律事件",
        cells.choice(EVENT_WORDS),
        aliases=("法律状态", "事件", "法律状态信息", "法律状态类型"),
        is_required=True,
        choices=tuple(str(code.label) for code in EventCode),
        example="专利权质押登记",
    ),
    Column(
        "on",
        "法律状态公告日",
        cells.date,
        aliases=("法律状态最后修改日期", "生效日", "公告日", "事件日期", "法律状态日期", "登记生效日"),
        is_required=True,
        example="2026-03-02",
    ),
    Column("reference", "登记号", cells.line(60), aliases=("备案号", "登记（备案）号"), empty=""),
    *FACT_COLUMNS,
)
NUMBER = COLUMNS[0]


def read_event_sheet(path: Path) -> Table:
    """The sheet of events in the file. Raises Invalid when it is none; in the user's words."""
    return read_table(path, COLUMNS)


def announcements(table: Table, by: User | None) -> list[Announced]:
    """The rows as events of patents of the pool; `row` is the index in the table.

    Refuses numbers that the pool has not, or that `by` may not edit: a city's sheet stays in its city.
    """
    keys = _patent_keys(table, Patent.objects.editable_by(by) if by else Patent.objects.all())
    found = []
    for index, number in enumerate(table.values["number"]):
        if index in table.refused:
            continue
        key = keys.get(number.value)
        if key is None:
            table.refuse(index, "库中没有这件专利。", column=NUMBER, value=number.plain)
            continue
        facts = {column.field: table.values[column.field][index] for column in FACT_COLUMNS}
        event = EventFacts(
            EventCode(table.values["code"][index]),
            table.values["on"][index],
            table.values["reference"][index],
            {name: str(value) for name, value in facts.items() if value},
        )
        found.append(Announced(key, event, index))
    return found


def _patent_keys(table: Table, patents: PatentQuerySet) -> dict[str, int]:
    numbers = [number.value for index, number in enumerate(table.values["number"]) if index not in table.refused]
    keys: dict[str, int] = {}
    for start in range(0, len(numbers), LOOKUP):
        rows = patents.filter(number__in=numbers[start : start + LOOKUP]).order_by()
        keys.update(rows.values_list("number", "pk"))  # type: ignore[arg-type]
    return keys


def preview(table: Table, by: User | None) -> Outcome:
    """What recording the sheet would do now. Writes nothing."""
    counts = _Counts(table)
    for chunk in _by_patents(announcements(table, by)):
        rows = Patent.objects.only("number", "legal_status", "filed_on", "overlays").in_bulk(list(chunk))
        known = events_by_patent(chunk)
        for key, batch in chunk.items():
            for judged in judge(rows[key], batch, known.get(key, [])):
                counts.add(judged)
    return counts.outcome()


def import_event_file(*, path: Path, by: User | None, dry_run: bool, progress: Callable[[int, int], None]) -> Outcome:
    """Record a sheet without a preview, as the command does; one that adds nothing leaves no trace."""
    with transaction.atomic():
        outcome = preview(read_event_sheet(path), by)
        if dry_run or not outcome.new:
            return outcome
        with path.open("rb") as stream:
            received = sheets.receive(kind=KIND, file=File(stream), file_name=path.name, organisation=None, by=by)
        sheets.start_apply(received)
        return _record(received, progress)


@transaction.atomic
def apply_event_import(*, import_id: int, progress: Callable[[int, int], None]) -> Outcome | None:
    """Record a sheet whose preview was confirmed, all in one transaction; None when that is done already."""
    received = SheetImport.objects.select_for_update(of=("self",)).get(pk=import_id)
    return _record(received, progress) if received.state == ImportState.APPLYING else None


def _record(received: SheetImport, progress: Callable[[int, int], None]) -> Outcome:
    table = read_event_sheet(Path(received.file.path))
    counts = _Counts(table)
    batch = announcements(table, received.uploaded_by)
    index_of = {row: index for index, row in enumerate(table.row_numbers)}
    source = Source(SourceKind.SHEET, received.uploaded_by, received)
    done = 0
    for chunk in _by_patents(batch):
        rows = [_with_sheet_row(one, table) for key in chunk for one in chunk[key]]
        recorded = record_events(rows, source=source)
        counts.new += len(recorded.events)
        counts.unchanged += len(recorded.repeated)
        for announced, refusal in recorded.refused:
            counts.refuse(index_of[announced.row or 0], refusal.message, refusal.code)
        done += len(rows)
        progress(done, len(batch))
    outcome = counts.outcome()
    sheets.finish_apply(received, outcome)
    audit.record(by=received.uploaded_by, verb="导入法律事件", target=received, **outcome.counts())
    return outcome


def _with_sheet_row(announced: Announced, table: Table) -> Announced:
    return Announced(announced.patent_id, announced.event, table.row_numbers[announced.row or 0])


def _by_patents(batch: list[Announced]) -> Iterator[dict[int, list[Announced]]]:
    """The events by patent, BATCH patents at a time in the order of their keys: locks are always taken so."""
    grouped: dict[int, list[Announced]] = {}
    for announced in batch:
        grouped.setdefault(announced.patent_id, []).append(announced)
    keys = sorted(grouped)
    for start in range(0, len(keys), BATCH):
        yield {key: grouped[key] for key in keys[start : start + BATCH]}


class _Counts:
    """Counts rows into the outcome of a sheet."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.new = self.unchanged = 0
        self.conflicts: list[Problem] = []

    def add(self, judged: Judged) -> None:
        if judged.refusal is not None:
            self.refuse(judged.announced.row or 0, judged.refusal.message, judged.refusal.code)
        elif judged.after is None:
            self.unchanged += 1
        else:
            self.new += 1

    def refuse(self, index: int, message: str, code: str) -> None:
        """A contradiction to what is recorded is a conflict, anything else a refused row."""
        column = COLUMNS[1]
        value = EventCode(self.table.values["code"][index]).label
        if code not in CONFLICTS:
            self.table.refuse(index, message, column=column, value=value)
            return
        row, letters = self.table.row_numbers[index], self.table.letters.get(column.field, "")
        self.conflicts.append(Problem(row, letters, column.heading, str(value), message))

    def outcome(self) -> Outcome:
        table = self.table
        return Outcome(
            sheet_name=table.sheet_name,
            row=len(table.row_numbers),
            new=self.new,
            unchanged=self.unchanged,
            conflict=len(self.conflicts),
            refused=len(table.refused),
            blank=table.blank_count,
            warning=len(table.warnings),
            problems=in_order(table.problems, self.conflicts, table.warnings),
        )
