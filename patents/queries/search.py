"""Reads of the pool: the public search and its facets."""

from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Left

from patents.models import Patent, PatentQuerySet
from patents.numbers import parse_application_number
from patents.text import search_query_tokens
from portal.errors import Invalid

RESULT_LIMIT = 10_000
"""A search shows at most this many patents; a longer answer helps nobody and costs everybody."""

FACETS = ("kind", "city_code", "section")
MIN_NUMBER_PREFIX = 4


@dataclass(frozen=True, slots=True)
class PatentSearch:
    """What somebody looks for; empty fields do not narrow."""

    words: str = ""
    kind: str = ""
    city_code: str = ""
    section: str = ""
    transfer_way: str = ""
    holder_id: int | None = None


def search(wanted: PatentSearch) -> PatentQuerySet:
    """The patents that fit all of `wanted`; with words, those with all words in the title come first.

    A number in any written form finds that patent; four or more digits find numbers that start with them.
    """
    rows = Patent.objects.all()
    for field in ("kind", "city_code", "transfer_way", "holder_id"):
        value = getattr(wanted, field)
        if value:
            rows = rows.filter(**{field: value})
    if wanted.section:
        rows = rows.filter(main_class__startswith=wanted.section).exclude(kind="design")
    return _by_words(rows, wanted.words.strip()) if wanted.words.strip() else rows.order_by("-id")


def _by_words(rows: PatentQuerySet, words: str) -> PatentQuerySet:
    try:
        return rows.filter(number=parse_application_number(words).value)
    except Invalid:
        pass
    if words.isascii() and words.isdigit() and len(words) >= MIN_NUMBER_PREFIX:
        return rows.filter(number__startswith=words[:12]).order_by("-id")
    tokens = search_query_tokens(words)
    if not tokens:
        return rows.none()
    anywhere = SearchQuery(" & ".join(_quoted(token) for token in tokens), search_type="raw", config="simple")
    in_title = " & ".join(f"{_quoted(token)}:A" for token in tokens)
    return (
        rows.filter(search_tokens=anywhere)
        .annotate(in_title=RawSQL("search_tokens @@ %s::tsquery", [in_title]))
        .order_by("-in_title", "-id")
    )


def _quoted(token: str) -> str:
    escaped = token.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def facet_counts(rows: QuerySet[Patent]) -> dict[str, dict[str, int]]:
    """How many of `rows` have each kind, city and IPC section, in one pass over them.

    Designs count under no section: they carry Locarno classes.
    """
    matched = rows.order_by().annotate(section=Left("main_class", 1)).values("kind", "city_code", "section")
    sql, params = matched.query.sql_with_params()
    counts: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
    with connection.cursor() as cursor:
        # The inner statement is the ORM's own, with its parameters apart.
        cursor.execute(
            f"WITH matched (kind, city_code, section) AS ({sql}) "  # noqa: S608
            "SELECT kind, city_code, CASE WHEN section ~ '[A-H]' THEN section END, "
            "GROUPING(kind, city_code, section), COUNT(*) FROM matched "
            "GROUP BY GROUPING SETS ((kind), (city_code), (section))",
            params,
        )
        for kind, city_code, section, grouping, count in cursor.fetchall():
            facet, value = {0b011: ("kind", kind), 0b101: ("city_code", city_code), 0b110: ("section", section)}[
                grouping
            ]
            if value:
                counts[facet][value] = counts[facet].get(value, 0) + count
    return counts


def bounded_count(rows: QuerySet[Patent]) -> int:
    """The number of rows, counted no further than RESULT_LIMIT."""
    return len(rows.order_by().annotate(one=Value(1)).values_list("one", flat=True)[:RESULT_LIMIT])
