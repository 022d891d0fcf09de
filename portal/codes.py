"""Codes that other registers give out (credit codes, patent classes), and masking of personal data."""

import re
import unicodedata
from dataclasses import dataclass

from stdnum.cn import uscc as stdnum_uscc
from stdnum.exceptions import InvalidChecksum, ValidationError

from portal.errors import Invalid

USCC_LENGTH = 18
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
SHORTEST_MASKABLE_PHONE = 10
SHOWN_TAIL = 4
ID_CARD_LENGTH = 18
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_INNER_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_IPC = re.compile(r"([A-H])(\d{2})([A-Z])(?:(\d{1,4})(?:/(\d{2,6}))?)?(?:\(\d{4}\.\d{2}\)([ACIN]{0,2}))?")
# Old design gazettes add an office number of their own after the Locarno class: 21-01-C0293.
_LOCARNO = re.compile(r"(?:LOC)?(?:\(\d+\)CL\.?)?(\d{2})-(\d{2})(?:-[A-Z]\d{4})?")


def parse_uscc(text: object) -> str:
    """The unified social credit code (GB 32100-2015) in `text`: 18 characters, check digit right.

    Raises:
        Invalid: what is wrong, in Chinese.
    """
    code = "".join(unicodedata.normalize("NFKC", str(text)).upper().split()).replace("-", "")
    if len(code) != USCC_LENGTH:
        raise Invalid(f"统一社会信用代码应为 18 位，现为 {len(code)} 位。", field="uscc")
    wrong = [char for char in code if char not in USCC_ALPHABET]
    if wrong:
        raise Invalid(f"统一社会信用代码不使用字符“{wrong[0]}”（字母 I、O、Z、S、V 不用于该代码）。", field="uscc")
    try:
        return str(stdnum_uscc.validate(code))
    except InvalidChecksum as error:
        expected = stdnum_uscc.calc_check_digit(code[:17])
        message = f"统一社会信用代码“{code}”校验位应为 {expected}，填写的是 {code[17]}，请核对是否有字符写错。"
        raise Invalid(message, field="uscc") from error
    except ValidationError as error:
        raise Invalid(f"统一社会信用代码“{code}”前 8 位应为数字。", field="uscc") from error


def has_valid_inner_code(uscc: str) -> bool:
    """Whether places 9-17 carry a right organisation code (GB 11714). A warning only, never a refusal."""
    body, check = uscc[8:16], uscc[16]
    remainder = 11 - sum(_INNER_ALPHABET.index(c) * w for c, w in zip(body, _INNER_WEIGHTS, strict=True)) % 11
    return check == {10: "X", 11: "0"}.get(remainder, str(remainder))


@dataclass(frozen=True, slots=True)
class ClassSymbol:
    """A patent class: IPC for inventions and utility models, Locarno for designs."""

    scheme: str  # "ipc" or "locarno"
    symbol: str  # A61K36/899, 21-01

    @property
    def section(self) -> str:
        """The IPC section letter; empty for Locarno."""
        return self.symbol[0] if self.scheme == "ipc" else ""

    @property
    def subclass(self) -> str:
        """The IPC subclass (A61K), or the Locarno class (21)."""
        return self.symbol[:4] if self.scheme == "ipc" else self.symbol[:2]


def parse_class_symbol(text: object) -> ClassSymbol:
    """The IPC or Locarno symbol in `text`, without the edition: `A61K36/899（2006.01）A` gives `A61K36/899`.

    Raises:
        Invalid: it is neither.
    """
    clean = "".join(unicodedata.normalize("NFKC", str(text)).upper().split())
    clean = re.sub("[‐‑–—]", "-", clean)
    if match := _IPC.fullmatch(clean):
        section, number, letter, group, subgroup, _ = match.groups()
        return ClassSymbol("ipc", section + number + letter + (group or "") + (f"/{subgroup}" if subgroup else ""))
    if match := _LOCARNO.fullmatch(clean):
        return ClassSymbol("locarno", f"{match[1]}-{match[2]}")
    raise Invalid(f"“{str(text)[:40]}”既不是 IPC 分类号（如 A61K36/899），也不是外观设计洛迦诺分类号（如 09-01）。")


def mask_phone(phone: str) -> str:
    """First 3 and last 4 figures of a phone number; anything too short for that is hidden whole."""
    digits = phone.strip()
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= SHORTEST_MASKABLE_PHONE else "*" * len(digits)


def mask_name(name: str) -> str:
    """The surname and one star for each further character; compound surnames are not told apart."""
    return name[:1] + "*" * max(len(name) - 1, 1 if name else 0)


def mask_email(email: str) -> str:
    """First character, three stars and the domain."""
    local, at, domain = email.rpartition("@")
    return f"{local[:1]}***{at}{domain}" if at else "***" if email else ""


def mask_bank_account(account: str) -> str:
    """The last 4 figures."""
    return f"****{account[-SHOWN_TAIL:]}" if len(account) > SHOWN_TAIL else "*" * len(account)


def mask_id_card(number: str) -> str:
    """First 6 and last 4 characters; the date of birth between them is hidden."""
    return f"{number[:6]}{'*' * 8}{number[-4:]}" if len(number) == ID_CARD_LENGTH else "*" * len(number)
