"""Validation of watches."""

import re

from portal.errors import Invalid

_SUBCLASS = re.compile(r"[A-H]\d\d[A-Z]")


def check_field(text: str) -> str:
    """The IPC subclass in what was typed.

    Raises:
        Invalid: it is none.
    """
    code = text.strip().upper()
    if not _SUBCLASS.fullmatch(code):
        raise Invalid("请填写 IPC 小类，例如 C21D。", field="ipc_code")
    return code
