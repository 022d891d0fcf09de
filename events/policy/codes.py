"""The code of an event: what a firm enters to say that a deal began there. Pure.

`HD` + five or more figures + a check letter, so that a slip of the pen names no other event.
"""

import re
import unicodedata

from portal.errors import Invalid

_LETTERS = "ABCDEFGHJKLMNPQRTUWXY"  # 21; none that is taken for a figure
_WEIGHT = 5  # coprime to the number of letters: each single slip and each swap of neighbours changes the letter
_FORM = re.compile(r"HD(\d{5,12})([A-Z])")


def code_of(key: int) -> str:
    """The code of the event with this key: 7 gives `HD00007H`."""
    figures = f"{key:05d}"
    return f"HD{figures}{_check(figures)}"


def key_of(code: object) -> int:
    """The event's key in a code, in either width and case, with or without spaces.

    Raises:
        Invalid: it is no code, or a figure is wrong.
    """
    text = "".join(unicodedata.normalize("NFKC", str(code)).upper().split()).replace("-", "")
    found = _FORM.fullmatch(text)
    if found is None:
        raise Invalid("活动代码形如 HD00007H，请按会议材料或活动页面填写。", field="code")
    if _check(found[1]) != found[2]:
        raise Invalid(f"活动代码“{text}”校验不符，请核对是否有字符写错。", field="code")
    return int(found[1])


def _check(figures: str) -> str:
    value = 0
    for figure in figures:
        value = (value * _WEIGHT + int(figure)) % len(_LETTERS)
    return _LETTERS[value]
