"""Money: yuan as Decimal with two places. No float ever takes part in a calculation."""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from portal.errors import Invalid

FEN = Decimal("0.01")
WAN = Decimal(10_000)
YI = Decimal(100_000_000)
UNITS = {"亿元": YI, "亿": YI, "万元": WAN, "万": WAN, "元": Decimal(1), "": Decimal(1)}
# Storage columns are numeric(18, 2): anything at or over this cannot be kept.
LIMIT = Decimal(10) ** 16
_AMOUNT = re.compile(
    r"(?P<sign>[-+]?)[¥￥]?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)(?P<unit>亿元|亿|万元|万|元|)"
)


def round_fen(amount: Decimal) -> Decimal:
    """`amount` in yuan rounded half up to the fen (half away from zero when negative)."""
    return amount.quantize(FEN, rounding=ROUND_HALF_UP)


def parse_amount(value: object, *, unit: str = "元") -> Decimal:
    """The amount in yuan, written as a person or Excel writes it: `1,234.5`, `￥300万元`, `0.8亿`.

    `unit` is the unit of the column's heading and applies where the text names none. Rounded half up to the fen.

    Raises:
        Invalid: the text is no amount, or too large to keep.
    """
    text = "".join(unicodedata.normalize("NFKC", str(value)).split()).replace("人民币", "")
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise Invalid(f"“{str(value)[:40]}”不是金额，请填写数字，例如 1234.50。")
    try:
        number = Decimal(match["sign"] + match["number"].replace(",", ""))
        amount = round_fen(number * UNITS[match["unit"] or unit])
    except InvalidOperation:
        amount = LIMIT
    if abs(amount) >= LIMIT:
        raise Invalid(f"金额“{str(value)[:40]}”过大，请核对单位。")
    return amount


def exact(amount: Decimal) -> str:
    """`1234567.8` as `1,234,567.80`: every fen, thousands separated."""
    return f"{round_fen(amount):,.2f}"


def short(amount: Decimal) -> str:
    """An amount for reading: `3,000.00 元`, `56.79 万元`, `12.30 亿元`. Half up to two places of the unit shown."""
    # The unit is chosen after rounding, so that 9,999.995 yuan reads 1.00 万元 and not 10,000.00 元.
    for unit, name in ((YI, "亿元"), (WAN, "万元")):
        if abs(round_fen(amount)) >= unit or abs(round_fen(amount / (unit / WAN))) >= WAN:
            return f"{round_fen(amount / unit):,.2f} {name}"
    return f"{round_fen(amount):,.2f} 元"
