"""What no project can be."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from finance.enums import OTHER_RIGHTS
from portal.accounts.enums import RegistrationState
from portal.accounts.models import Organisation
from portal.errors import Conflict, Invalid
from portal.money import FEN, exact

MAX_TERM_MONTHS = 120
MAX_PATENTS = 20
MAX_AMOUNT = Decimal(10) ** 10
MAX_RIGHTS = 20
_KINDS = {str(kind.label): kind.value for kind in OTHER_RIGHTS} | {"商标": "trademark", "软件著作权": "copyright"}
_PARTS = 3


@dataclass(frozen=True, slots=True)
class Right:
    """A right that is no patent, as the firm names it."""

    kind: str
    number: str
    title: str


def parse_rights(text: str) -> list[Right]:
    """Rights written one a line: kind, number and name, separated by commas or blanks.

    Raises:
        Invalid: a line is no such right, or one comes twice; `field` is `rights`, the message names the line.
    """
    found: list[Right] = []
    for place, line in enumerate(text.splitlines(), start=1):
        plain = unicodedata.normalize("NFKC", line).replace(",", " ").replace("、", " ")
        parts = plain.split(maxsplit=_PARTS - 1)
        if not parts:
            continue
        if len(parts) < _PARTS or parts[0] not in _KINDS:
            raise Invalid(
                f"第 {place} 行应为“种类，注册或登记号，名称”，种类可填：{'、'.join(_KINDS)}。", field="rights"
            )
        right = Right(_KINDS[parts[0]], parts[1][:60], parts[2][:200])
        if any((one.kind, one.number) == (right.kind, right.number) for one in found):
            raise Invalid(f"第 {place} 行与前面重复。", field="rights")
        found.append(right)
    if len(found) > MAX_RIGHTS:
        raise Invalid(f"最多填写 {MAX_RIGHTS} 项其他知识产权。", field="rights")
    return found


def check_wish(*, amount: Decimal, term_months: int, purpose: str, patent_ids: Collection[int]) -> None:
    """Refuse an amount, a term, a purpose or a number of patents that no project can have."""
    if amount <= 0 or amount != amount.quantize(FEN):
        raise Invalid("融资金额应大于零，最多保留两位小数。", field="amount")
    if amount > MAX_AMOUNT:
        raise Invalid(f"融资金额超过 {exact(MAX_AMOUNT)} 元，请核对单位。", field="amount")
    if not 1 <= term_months <= MAX_TERM_MONTHS:
        raise Invalid(f"期限应为 1 至 {MAX_TERM_MONTHS} 个月。", field="term_months")
    if not purpose.strip():
        raise Invalid("请填写资金用途。", field="purpose")
    if not 1 <= len(patent_ids) <= MAX_PATENTS:
        raise Invalid(f"请选择 1 至 {MAX_PATENTS} 件专利。", field="patents")


def check_registered(firm: Organisation) -> None:
    """Only a firm that its city has approved takes part."""
    if firm.state != RegistrationState.APPROVED:
        raise Conflict("企业注册尚未通过审核，暂不能提交融资项目。", code="registration_not_approved")
