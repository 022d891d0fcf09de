"""Conflicts with both values and both sources in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from patents.enums import LegalStatus, PatentKind, TransferWay
from patents.models import FieldConflict
from patents.queries.sources import heading_of

_CHOICES = {"legal_status": LegalStatus, "kind": PatentKind, "transfer_way": TransferWay}


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
    """The rows of a page; patents and sheets come with them."""
    return [
        SideBySide(
            conflict=conflict,
            heading=heading_of(conflict.field),
            current=_word(conflict.field, conflict.current_value),
            current_source=_current_source(conflict),
            offered=_word(conflict.field, conflict.offered_value),
            offered_source=_offered_source(conflict),
        )
        for conflict in conflicts
    ]


def _word(field: str, value: str) -> str:
    choices = _CHOICES.get(field)
    return str(choices(value).label) if choices and value in choices.values else value


def _current_source(conflict: FieldConflict) -> str:
    patent = conflict.patent
    if conflict.field in patent.field_sources:
        return f"{patent.field_sources[conflict.field]['on']} 更新"
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
