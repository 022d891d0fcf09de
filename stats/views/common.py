"""What the pages of numbers share."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.http import HttpResponse

from portal.sheets.writing import export_workbook
from portal.ui.downloads import attachment

REFUSED = 422
PAGE_SIZE = 50
ResultT = TypeVar("ResultT")


def sheet(headings: Sequence[str], lines: Iterable[Sequence[Any]], title: str) -> HttpResponse:
    """A table as Excel."""
    return attachment(export_workbook(list(headings), lines), f"{title}.xlsx".replace(" ", ""))
