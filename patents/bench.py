"""Speed of importing a pool sheet, of the public search, the admin list and the page of a patent."""

import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from http import HTTPStatus
from itertools import chain
from pathlib import Path
from random import Random
from typing import cast

import python_calamine as calamine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patents.bench_pool import fill_pool
from patents.columns.store import read_everything
from patents.enums import PatentKind
from patents.imports.load import import_file
from patents.models import Patent
from patents.text import search_vector
from patents.words.services import refresh_words
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.bench import Row, benchmark, percentile, seconds
from portal.demo.patent_texts import patent_texts
from portal.sheets.models import SheetImport
from portal.sheets.writing import export_workbook

ROWS = 60_000
HEADINGS = ("专利名称", "申请号", "申请人", "申请日", "主分类号", "摘要")
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@benchmark("import_60k", "import_60k_whole", "import_60k_words")
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
    # After the commit a worker writes the lists of words; until then searches are right, but slower.
    yield Row.measured("import_60k_words", seconds(refresh_words), "s")


# Words cost two queries and a holder's name one; within a group nothing may depend on what is found.
BY_FACTS = (
    "",
    "city=370100&ipc=C",
    "q=2018",
    "way=licence&ipc=G",
    "ipc=G06&status=valid&way=licence",
    "sei=3&city=370100&kind=invention&sort=cheapest",
)
BY_WORDS = (
    "q=轴承",
    "q=污水+处理",
    "q=一种",
    "q=电池&kind=invention",
    "q=检测&city=370200&kind=utility_model",
    "q=激光&page=3",
    "q=控制&status=valid&city=370600",
    "q=方法&ipc=H04&status=valid&sort=newest",
)
BY_NAME = ("holder=大学1&maturity_from=5&price_to=100",)
SEARCHES = (*BY_FACTS, *BY_WORDS, *BY_NAME)
LISTS_BY_FACTS = (
    "",
    "p=3",
    "legal_status__exact=valid",
    "legal_status__exact=withdrawn&kind__exact=invention",
    "kind__exact=design",
    "transfer_way__exact=licence&legal_status__exact=valid",
)
LISTS_BY_WORDS = ("q=轴承", "q=一种", "q=一种&kind__exact=design")
ROUNDS = 20
Visit = Callable[[Client, str], None]


@benchmark("search_60k", "search_60k_queries")
def search_60k() -> Iterator[Row]:
    """The public search page over 60,000 patents, from request to finished page."""
    fill_pool(ROWS)
    times, spread = _measure(_page, Client(), BY_FACTS, BY_WORDS, BY_NAME)
    yield Row.measured("search_60k", _p95(times), "ms", at_most=200)
    yield Row.measured("search_60k_queries", spread, "more", at_most=0)


PARTS = ("", "_columns", "_search", "_admin", "_detail", "_queries")


@benchmark(*(f"patents_60k{part}" for part in PARTS))
def patents_60k() -> Iterator[Row]:
    """Public search, admin list and page of a patent at 60,000 patents; the first row is the slowest of the three."""
    yield from _pages("patents_60k", ROWS, at_most=200)


@benchmark(*(f"patents_600k{part}" for part in PARTS))
def patents_600k() -> Iterator[Row]:
    """The same at 600,000 patents."""
    yield from _pages("patents_600k", 10 * ROWS, at_most=400)


def _pages(name: str, size: int, *, at_most: float) -> Iterator[Row]:
    fill_pool(size)
    official, visitor = Client(), Client()
    official.force_login(_official(), backend=settings.AUTHENTICATION_BACKENDS[-1])
    sample = Patent.objects.filter(pk__in=Random(5).sample(range(1, size), 200))
    # A design has no place in the IPC, whose industries are asked for: a group for each kind.
    by_kind = [[str(one.number) for one in sample if one.kind == kind] for kind in PatentKind.values]
    yield Row.measured(f"{name}_columns", seconds(read_everything), "s", at_most=10)
    searches, spread = _measure(_page, visitor, BY_FACTS, BY_WORDS, BY_NAME)
    lists, spread_of_lists = _measure(_admin_list, official, LISTS_BY_FACTS, LISTS_BY_WORDS)
    details, spread_of_details = _measure(_detail, visitor, *by_kind, rounds=1)
    slowest = max(map(_p95, (searches, lists, details)))
    yield Row.measured(name, slowest, "ms", at_most=at_most)
    for part, times in (("search", searches), ("admin", lists), ("detail", details)):
        yield Row.measured(f"{name}_{part}", _p95(times), "ms", at_most=at_most)
    more = max(spread, spread_of_lists, spread_of_details)
    yield Row.measured(f"{name}_queries", more, "more", at_most=0)


def _official() -> User:
    return User.objects.create(username=f"bench-{User.objects.count()}", role=Role.PROVINCE, is_staff=True)


def _p95(times: list[float]) -> float:
    return 1000 * percentile(times, 0.95)


def _measure(visit: Visit, client: Client, *groups: Sequence[str], rounds: int = ROUNDS) -> tuple[list[float], int]:
    """The seconds of each visit after one to warm up, and by how many queries two addresses of a group differ at most.

    Of an address the fewest count: once a minute a page also writes that its reader is still there.
    """
    times: list[float] = []
    fewest: dict[str, int] = {}
    visit(client, groups[0][0])
    for _ in range(rounds):
        for one in chain.from_iterable(groups):
            with CaptureQueriesContext(connection) as queries:
                times.append(seconds(partial(visit, client, one)))
            fewest[one] = min(len(queries), fewest.get(one, len(queries)))
    counts = [[fewest[one] for one in group] for group in groups]
    return times, max(max(found) - min(found) for found in counts)


def _admin_list(client: Client, search: str) -> None:
    _visit(client, f"/admin/patents/patent/?{search}")


def _detail(client: Client, number: str) -> None:
    _visit(client, f"/patents/{number}/")


def _visit(client: Client, address: str) -> None:
    if client.get(address).status_code != HTTPStatus.OK:
        raise RuntimeError(f"not answered: {address}")


def _page(client: Client, search: str) -> None:
    _visit(client, f"/patents/?{search}")


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
