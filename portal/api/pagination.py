"""Pages by position in a unique column: no total, the same cost at any depth, nothing skipped while rows are added."""

from typing import Any

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request


class SequencePagination(CursorPagination):
    """Oldest first by `id`, so that a client that follows `next` to its end has seen every row."""

    ordering = "id"
    page_size = 50
    max_page_size = 100
    page_size_query_param = "page_size"
    page_size_query_description = "每页条数，最多 100，默认 50。"
    cursor_query_description = "上一次应答中 next 或 previous 地址所带的位置标记。"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, ValueError):
            raise ValidationError({"cursor": ["位置标记无效，请从第一页重新开始。"]}) from None

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": link | {"description": "下一页的完整地址，最后一页为 null。"},
                "previous": link | {"description": "上一页的完整地址，第一页为 null。"},
                "results": schema,
            },
        }
