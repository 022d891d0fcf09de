"""Lists of 国民经济行业分类 (GB/T 4754): as the standard prints it, or one code a row."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from demand.models import IndustryClass
from portal.errors import Invalid
from portal.sheets import cells
from portal.sheets.reading import read_sheets

LEVELS = ("门类", "大类", "中类", "小类")
"""Columns of the standard's table: a letter, then codes of two, three and four digits; a row may fill several."""
NAME = "类别名称"
PLAIN = ("code", "name", "parent", "level")
_HEADER_WITHIN = 20

Row = Sequence[object]


class _Class(NamedTuple):
    code: str
    name: str
    parent: str
    level: int


def import_industries(path: Path) -> int:
    """Take the list in a file in place of the present one; returns its length. Runs in the caller's transaction.

    Raises:
        Invalid: the file is no such list; nothing was written.
    """
    found: dict[str, _Class] = {}
    for sheet in read_sheets(path):
        found |= {one.code: one for one in _classes(sheet.rows)}
    if not found:
        raise Invalid(f"没有找到行业：应有列 {'、'.join(LEVELS)} 和 {NAME}，或者 {'、'.join(PLAIN)}。")
    orphans = [one.code for one in found.values() if one.parent and one.parent not in found]
    if orphans:
        raise Invalid(f"行业 {'、'.join(orphans[:5])} 的上级不在表中，没有导入。")
    IndustryClass.objects.exclude(pk__in=found).delete()
    IndustryClass.objects.bulk_create(
        [
            IndustryClass(code=one.code, name=one.name, parent_code=one.parent, level=one.level)
            for one in found.values()
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "parent_code", "level"],
    )
    return len(found)


def _classes(rows: Sequence[Row]) -> Iterator[_Class]:
    """The rows below the header; a sheet without one has none."""
    for start, row in enumerate(rows[:_HEADER_WITHIN]):
        heading = ["".join(cells.as_text(cell).split()) for cell in row]
        if set(heading) >= set(PLAIN):
            places = [heading.index(name) for name in PLAIN]
            return _plain(rows, start + 1, places)
        if set(heading) >= set(LEVELS):
            # The name's heading is merged with the row above where the codes have a heading of their own.
            above = ["".join(cells.as_text(cell).split()) for cell in rows[start - 1]] if start else []
            names = heading if NAME in heading else above
            if NAME in names:
                return _printed(rows, start + 1, [heading.index(name) for name in LEVELS], names.index(NAME))
    return iter(())


def _plain(rows: Sequence[Row], start: int, places: Sequence[int]) -> Iterator[_Class]:
    for number, row in enumerate(rows[start:], start=start + 1):
        code, name, parent, level = (cells.as_text(row[place]).strip() for place in places)
        if not any((code, name, parent, level)):
            continue
        if not code or not name or level not in {"1", "2", "3", "4"}:
            raise Invalid(f"第 {number} 行：代码、名称、层级（1 至 4）须填写完整。")
        yield _Class(code, name, parent, int(level))


def _printed(rows: Sequence[Row], start: int, places: Sequence[int], name_place: int) -> Iterator[_Class]:
    letter = ""
    for number, row in enumerate(rows[start:], start=start + 1):
        name = "".join(cells.as_text(row[name_place]).split())
        for level, place in enumerate(places, start=1):
            code = cells.as_text(row[place]).strip().upper()
            if not code:
                continue
            if level == 1:
                letter = code
            elif code.isdecimal():
                code = code.zfill(level)  # Excel turns 0111 into 111.
            is_code = code == letter and len(code) == 1 if level == 1 else code.isdecimal() and len(code) == level
            if not is_code or not letter or not name:
                raise Invalid(f"第 {number} 行：{LEVELS[level - 1]}“{code[:20]}”不是行业代码，或者没有类别名称。")
            parent = {1: "", 2: letter}.get(level, letter + code[:-1])
            yield _Class(code if level == 1 else letter + code, name, parent, level)
