"""Sections (门类) of 国民经济行业分类 GB/T 4754-2017."""

import re

SECTION_NAMES = {
    "A": "农、林、牧、渔业", "B": "采矿业", "C": "制造业", "D": "电力、热力、燃气及水生产和供应业", "E": "建筑业",
    "F": "批发和零售业", "G": "交通运输、仓储和邮政业", "H": "住宿和餐饮业", "I": "信息传输、软件和信息技术服务业",
    "J": "金融业", "K": "房地产业", "L": "租赁和商务服务业", "M": "科学研究和技术服务业",
    "N": "水利、环境和公共设施管理业", "O": "居民服务、修理和其他服务业", "P": "教育", "Q": "卫生和社会工作",
    "R": "文化、体育和娱乐业", "S": "公共管理、社会保障和社会组织", "T": "国际组织",
}  # fmt: skip
# Sections by their first two digits, for codes written without the letter.
_STARTS = (
    (1, "A"), (6, "B"), (13, "C"), (44, "D"), (47, "E"), (51, "F"), (53, "G"), (61, "H"), (63, "I"), (66, "J"),
    (70, "K"), (71, "L"), (73, "M"), (76, "N"), (80, "O"), (83, "P"), (84, "Q"), (86, "R"), (91, "S"), (97, "T"),
)  # fmt: skip
_LAST_DIVISION = 97


def section_of(code: str) -> str:
    """The section letter of a code such as `C3512`, `3512` or `C`; empty for what is no code.

    A letter that contradicts the digits is no code.
    """
    text = code.strip().upper()
    letter, digits = (text[:1], text[1:]) if text[:1].isalpha() else ("", text)
    if not digits:
        return letter if letter in SECTION_NAMES else ""
    found = _section_of_digits(digits)
    return found if letter in ("", found) else ""


def _section_of_digits(digits: str) -> str:
    if not re.fullmatch(r"[0-9]{2,4}", digits):
        return ""
    division = int(digits[:2])
    return next((letter for start, letter in reversed(_STARTS) if start <= division <= _LAST_DIVISION), "")
