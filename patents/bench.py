"""Speed of importing a pool sheet and of the public search."""

import io
import tempfile
from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import cast

import python_calamine as calamine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patents.imports.load import import_file, merge_search_index
from patents.models import Patent
from patents.text import search_vector
from portal import clock
from portal.bench import Row, benchmark, percentile, seconds
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


SEARCHES = (
    "",
    "q=轴承",
    "q=污水+处理",
    "q=一种",
    "q=电池&kind=invention",
    "city=370100&section=C",
    "q=检测&city=370200&kind=utility_model",
    "q=2018",
    "q=激光&page=3",
    "way=licence&section=G",
)
ROUNDS = 20


@benchmark("search_60k", "search_60k_queries")
def search_60k() -> Iterator[Row]:
    """The public search page over 60,000 patents, from request to finished page; the number of queries is the same."""
    fill_pool(ROWS)
    merge_search_index()
    visitor = Client()
    times, counts = [], set()
    for search in SEARCHES * ROUNDS:
        with CaptureQueriesContext(connection) as queries:
            times.append(seconds(partial(_page, visitor, search)))
        counts.add(len(queries))
    yield Row.measured("search_60k", 1000 * percentile(times, 0.95), "ms", at_most=200)
    yield Row.measured("search_60k_queries", max(counts) - min(counts), "more", at_most=0)


def _page(visitor: Client, search: str) -> None:
    if visitor.get(f"/patents/?{search}").status_code != HTTPStatus.OK:
        raise RuntimeError(f"search failed: {search}")


def fill_pool(size: int) -> None:
    """Generated patents up to `size`, in case no row before this one has filled the throw-away database."""
    missing = size - Patent.objects.count()
    if missing <= 0:
        return
    now = clock.now()
    Patent.objects.bulk_create(
        [
            Patent(
                number=text.number,
                check_digit=text.check_digit,
                kind=text.kind,
                title=text.title,
                abstract=text.abstract,
                main_class=text.main_class,
                search_tokens=search_vector(text.title, text.abstract),
                created_at=now,
            )
            for text in patent_texts(missing, seed=2)
        ],
        batch_size=2_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE patents_patent")


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
