"""Conflicts with both values and both sources in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from patents.enums import FeeReduction, LegalStatus, PatentKind, TransferWay
from patents.models import FieldConflict
from patents.models.pool import NAME_SEPARATOR
from patents.queries.sources import heading_of
from portal.sheets.models import SheetImport

_CHOICES = {"legal_status": LegalStatus, "kind": PatentKind, "transfer_way": TransferWay,
            "fee_reduction": FeeReduction}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One conflict as its decider sees it."""

    conflict: FieldConflict
    heading: str
    current: str
    current_source: str
    offered: str
    offered_source: str


def side_by_side(conflicts: Sequence[FieldConflict]) -> list[SideBySide]:
    """The rows of a page; patents and sheets come with them. One query more."""
    filled = [_filled_by(conflict) for conflict in conflicts]
    imports = SheetImport.objects.only("file_name").in_bulk([key for key in filled if key])
    return [
        SideBySide(
            conflict=conflict,
            heading=heading_of(conflict.field),
            current=_word(conflict.field, conflict.current_value),
            current_source=_current_source(conflict, imports),
            offered=_word(conflict.field, conflict.offered_value),
            offered_source=_offered_source(conflict),
        )
        for conflict in conflicts
    ]


def _word(field: str, value: str) -> str:
    choices = _CHOICES.get(field)
    return str(choices(value).label) if choices and value in choices.values else value


def as_words(value: Any) -> str:
    """A field's value as a conflict keeps it and shows it."""
    if isinstance(value, list):
        return NAME_SEPARATOR.join(value)
    return "" if value is None else str(value)


def _filled_by(conflict: FieldConflict) -> int | None:
    """The sheet that filled the field later than the record came in."""
    found: int | None = conflict.patent.field_sources.get(conflict.field, {}).get("import")
    return found


def _current_source(conflict: FieldConflict, imports: dict[int, SheetImport]) -> str:
    patent = conflict.patent
    source = patent.field_sources.get(conflict.field)
    if source and (sheet := imports.get(source.get("import", 0))):
        return f"{sheet.file_name} {source.get('column') or '第 '}{source['row']}{' 单元格' if source.get('column') else ' 行'}"
    if source and "on" in source:
        return f"{source['on']} 更新"
    if patent.source_import is None:
        return "平台录入"
    return f"{patent.source_import.file_name} 第 {patent.source_row} 行"


def _offered_source(conflict: FieldConflict) -> str:
    if conflict.source_import is None:
        return "数据检查"
    where = (
        f"{conflict.source_column}{conflict.source_row} 单元格"
        if conflict.source_column
        else f"第 {conflict.source_row} 行"
    )
    return f"{conflict.source_import.file_name} {where}"
