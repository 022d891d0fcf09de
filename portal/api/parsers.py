"""JSON as banks must send it: no floats for money, no key twice, nothing huge."""

import json
import re
from decimal import Decimal
from typing import Any

from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request

LIMIT_BYTES = 256 * 1024
# No text that PostgreSQL could keep, not even in the answer that says so.
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class StrictJSONParser(JSONParser):
    """Numbers with a fraction stay exact Decimals; NaN, repeated keys, U+0000 and bodies over LIMIT_BYTES are refused."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(LIMIT_BYTES + 1)
        if len(raw) > LIMIT_BYTES:
            raise RequestDataTooBig
        try:
            text = raw.decode("utf-8")
            if NUL.search(text):
                raise ValueError("文本中不允许出现 U+0000")  # noqa: TRY301 - answered like every other flaw
            found = json.loads(
                text,
                parse_float=Decimal,
                parse_constant=_refuse_constant,
                object_pairs_hook=_unique_keys,
            )
            # Half of a surrogate pair is valid JSON, and no text that can be stored.
            json.dumps(found, ensure_ascii=False, default=str).encode()
        except (ValueError, RecursionError) as error:
            raise ParseError(f"请求内容不是有效的 JSON：{error}") from error
        return found


def check_size(request: Request) -> None:
    """Refuse a body over LIMIT_BYTES before anything reads it.

    Raises:
        RequestDataTooBig: answered with 413.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > LIMIT_BYTES:
        raise RequestDataTooBig


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"不允许使用 {name}")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("同一对象中出现重复的字段名")
    return found
