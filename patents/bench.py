"""Speed of importing a pool sheet."""

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import python_calamine as calamine
from django.db import connection

from patents.imports.load import import_file, merge_search_index
from patents.text import search_vector
from portal.bench import Row, benchmark, seconds
from portal.demo.patent_texts import patent_texts
from portal.sheets.models import SheetImport
from portal.sheets.writing import export_workbook

ROWS = 60_000
HEADINGS = ("专利名称", "申请号", "申请人", "申请日", "主分类号", "摘要")
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@benchmark("import_60k", "import_60k_whole", "import_60k_merge")
def import_60k() -> Iterator[Row]:
    """A sheet of 60,000 patents, validated and searchable, against only reading it and copying the rows somewhere.

    Cutting the texts into words is no part of the comparison: its time, measured alone, is taken off.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pool.xlsx"
        path.write_bytes(export_workbook(HEADINGS, _rows()))
        texts = [(row[0], row[5]) for row in _read(path)]
        tokenising = seconds(lambda: [search_vector(title, abstract) for title, abstract in texts])
        reference = seconds(lambda: _copy_plainly(_read(path)))
        whole = seconds(lambda: _import(path))
    yield Row.measured("import_60k", max(whole - tokenising, 0), "s", reference=reference, ratio_at_most=3)
    yield Row.measured("import_60k_whole", whole, "s")
    # After the commit a worker merges the new words into the index; until then searches are right, but slower.
    yield Row.measured("import_60k_merge", seconds(merge_search_index), "s")


def _rows() -> Iterator[tuple[str, ...]]:
    for text in patent_texts(ROWS, seed=1):
        number = f"{text.number}.{text.check_digit}"
        yield text.title, number, "试验大学", text.filed_on.isoformat(), text.main_class, text.abstract


def _read(path: Path) -> list[list[str]]:
    rows = calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return cast("list[list[str]]", rows[1:])  # the sheet is ours: every cell is text


def _copy_plainly(rows: list[list[str]]) -> None:
    lines = "".join("\t".join(cell.translate(_ESCAPED) for cell in row) + "\n" for row in rows)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE plain (a text, b text, c text, d text, e text, f text)")
        cursor.copy_expert("COPY plain FROM STDIN", io.StringIO(lines))
        cursor.execute("DROP TABLE plain")


def _import(path: Path) -> None:
    outcome = import_file(path=path, holder=None, by=None)
    if outcome.new != ROWS:
        raise RuntimeError(f"{outcome.new} of {ROWS} rows imported")
    SheetImport.objects.latest("pk").file.delete(save=False)
