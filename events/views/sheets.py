"""Handing out workbooks."""

from urllib.parse import quote

from django.http import HttpResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheet(content: bytes, name: str) -> HttpResponse:
    """A workbook to take away, under a Chinese name without its ending."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": disposition})
