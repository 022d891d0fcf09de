"""Chinese patent numbers: the only place that reads or writes them (RULES section 1)."""

import re
import unicodedata
from dataclasses import dataclass
from operator import mul

from portal.errors import Invalid

KIND_OF_DIGIT = {"1": "invention", "2": "utility_model", "3": "design", "8": "invention", "9": "utility_model"}
KIND_OF_LETTER = {
    "A": "invention", "B": "invention", "C": "invention",
    "U": "utility_model", "Y": "utility_model",
    "S": "design", "D": "design",
}  # fmt: skip
_DIGIT_OF_KIND = {"invention": "1", "utility_model": "2", "design": "3"}
# A on its own is the published application; every other letter is printed on a granted patent.
PUBLISHED_LETTER = "A"
FIRST_YEAR = 1985  # the patent law came into force on 1985-04-01
LAST_YEAR_OF_8_DIGITS = 2003
OLD_LENGTH, NEW_LENGTH = 8, 12
CHECK_TEN = 10  # written X
PUBLICATION_WITH_KIND = 9  # digits; the first is the kind, shorter ones do not show it

_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
# Nearly every number in a large sheet is written so; the long way round costs six times as much.
_USUAL = re.compile(r"(?:CN|ZL)?((?:19|20)\d{2}[12389]\d{7})\.?([\dX])", re.ASCII)
_FORMAT_8 = re.compile(r"(\d{2})([12389])(\d{5})(?:\.?([\dX]))?", re.ASCII)
_FORMAT_12 = re.compile(r"(\d{4})([12389])(\d{7})\.?([\dX])", re.ASCII)
_PUBLICATION = re.compile(r"(?:CN)?(\d{7}|[123]\d{8})([ABCDSUY])(\d?)", re.ASCII)
_CORRECTIONS = {"A": "89", "B": "89", "U": "89", "S": "123456789", "C": "1234567", "Y": "1234567", "D": ""}
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d+")
# What people and office programs write in place of the dot, the X and nothing at all. NFKC has already turned
# full-width characters into plain ones.
_LOOKALIKES = str.maketrans(
    {"。": ".", "·": ".", "-": ".", "‐": ".", "‑": ".", "–": ".", "×": "X", "Х": "X", "х": "X"}
    | dict.fromkeys("\u200b\u200c\u200d\ufeff\u00ad'’`", "")
)


@dataclass(frozen=True, slots=True)
class ApplicationNumber:
    """An application number in parts. Equal numbers are equal however they were written."""

    value: str  # 8 or 12 digits, without the check digit
    check: str  # computed, also where the source left it out (8-digit numbers before 1989 had none)

    @property
    def year(self) -> int:
        if len(self.value) == NEW_LENGTH:
            return int(self.value[:4])
        two = int(self.value[:2])
        return two + (1900 if two >= FIRST_YEAR % 100 else 2000)

    @property
    def kind(self) -> str:
        """invention, utility_model or design."""
        return KIND_OF_DIGIT[self._kind_digit]

    @property
    def is_via_pct(self) -> bool:
        return self._kind_digit in "89"

    @property
    def _kind_digit(self) -> str:
        return self.value[4] if len(self.value) == NEW_LENGTH else self.value[2]

    @property
    def plain(self) -> str:
        """`201710601862.3`."""
        return f"{self.value}.{self.check}"

    def display(self, *, is_granted: bool) -> str:
        """`ZL 2017 1 0601862.3` for a granted patent; before the grant there is no ZL: `201710601862.3`."""
        if not is_granted:
            return self.plain
        year = len(self.value) - (8 if len(self.value) == NEW_LENGTH else 6)
        return f"ZL {self.value[:year]} {self.value[year]} {self.value[year + 1 :]}.{self.check}"

    def __str__(self) -> str:
        return self.plain


@dataclass(frozen=True, slots=True)
class PublicationNumber:
    """A publication or grant number, e.g. CN103294796B."""

    value: str  # digits only
    kind_code: str  # A, B, U, S, C, Y, D, with the correction digit if any

    @property
    def kind(self) -> str:
        """invention, utility_model or design."""
        return KIND_OF_LETTER[self.kind_code[0]]

    @property
    def is_grant(self) -> bool:
        return self.kind_code[0] != PUBLISHED_LETTER

    def __str__(self) -> str:
        return f"CN{self.value}{self.kind_code}"


def check_digit(value: str) -> str:
    """The check digit of 8 or 12 digits: weighted sum modulo 11, ten is X."""
    remainder = sum(map(mul, map(int, value), _WEIGHTS)) % 11
    return "X" if remainder == CHECK_TEN else str(remainder)


def parse_application_number(text: object) -> ApplicationNumber:
    """The application number in `text`, old (8 digits) or new (12 digits).

    Takes CN and ZL prefixes, full-width characters, spaces, a small x and a missing dot. A missing check digit is
    taken only for 8 digits, and then computed.

    Raises:
        Invalid: what is wrong and how to put it right, in Chinese. Numbers (int, float) are always refused: Excel
            cuts them to 15 figures and drops leading zeros and a trailing `.0`.
    """
    if isinstance(text, int | float):
        raise Invalid(_number_cell(text))
    usual = _USUAL.fullmatch(str(text))
    if usual and usual[1] >= str(FIRST_YEAR) and check_digit(usual[1]) == usual[2]:
        return ApplicationNumber(usual[1], usual[2])
    clean = _clean(str(text))
    body = _without_prefix(clean)
    match = _FORMAT_12.fullmatch(body) or _FORMAT_8.fullmatch(body)
    if match is None:
        raise Invalid(_why_not_application(str(text), clean, body))
    year, kind, serial, given = match.groups()
    number = ApplicationNumber(year + kind + serial, check_digit(year + kind + serial))
    if given is not None and given != number.check:
        raise Invalid(f"申请号“{_short(text)}”的校验位应为 {number.check}，填写的是 {given}，请核对是否有数字写错。")
    if number.year < FIRST_YEAR or (len(number.value) == OLD_LENGTH and number.year > LAST_YEAR_OF_8_DIGITS):
        raise Invalid(
            f"申请号“{_short(text)}”的年份 {year} 不存在：8 位号用于 1985 至 2003 年，12 位号以四位年份开头。"
        )
    return number


def parse_publication_number(text: object) -> PublicationNumber:
    """The publication or grant number in `text`; the prefix CN may be missing.

    Raises:
        Invalid: what is wrong, in Chinese.
    """
    if isinstance(text, int | float):
        raise Invalid(_number_cell(text).replace("申请号", "公布（公告）号"))
    clean = _clean(str(text))
    match = _PUBLICATION.fullmatch(clean)
    if match is None:
        raise Invalid(f"公布（公告）号“{_short(text)}”应为 CN 加 7 位或 9 位数字和类型字母，例如 CN103294796B。")
    value, letter, correction = match.groups()
    number = PublicationNumber(value, letter + correction)
    if correction and correction not in _CORRECTIONS[letter]:
        raise Invalid(f"公布（公告）号“{_short(text)}”的类型代码 {number.kind_code} 不存在。")
    if len(value) == PUBLICATION_WITH_KIND and value[0] != _DIGIT_OF_KIND[number.kind]:
        raise Invalid(f"公布（公告）号“{_short(text)}”首位数字 {value[0]} 与类型字母 {letter} 不符，请核对。")
    return number


def _clean(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).translate(_LOOKALIKES).upper().split())


def _without_prefix(clean: str) -> str:
    for prefix in ("CN", "ZL"):
        clean = clean.removeprefix(prefix).lstrip(".:")
    return clean


def _number_cell(number: float) -> str:
    return (
        f"申请号“{number:.15g}”在表中是数字而不是文本，Excel 可能已丢失开头的 0、末位或校验位："
        "请将该列设为文本格式后重新填写。"
    )


def _why_not_application(text: str, clean: str, body: str) -> str:
    shown = _short(text)
    if not clean:
        return "申请号为空。"
    if _SCIENTIFIC.fullmatch(body):
        return f"申请号“{shown}”已被 Excel 变成科学计数法，数字已丢失：请将该列设为文本格式后重新填写。"
    if _PUBLICATION.fullmatch(clean):
        return f"“{shown}”是公布（公告）号，不是申请号。"
    if re.fullmatch(r"\d{12}", body):
        missing = f"，按规则应为 {check_digit(body)}，请对照受理通知书核对后补上" if body[4] in KIND_OF_DIGIT else ""
        return f"申请号“{shown}”缺少校验位{missing}。"
    if re.fullmatch(r"\d{13}|\d{9}|\d{8}|\d{12}\.[\dX]|\d{12}X|\d{8}\.?[\dX]", body):
        place = 5 if len(body.replace(".", "")) > NEW_LENGTH else 3
        return f"申请号“{shown}”第 {place} 位（专利类型）应为 1、2、3、8 或 9。"
    digits = len(re.findall(r"\d", body))
    return f"申请号“{shown}”应为 8 位或 12 位数字加一位校验位，例如 201710601862.3；现有 {digits} 位数字。"


def _short(text: object) -> str:
    return str(text).strip()[:40]
