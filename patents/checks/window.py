"""What is checked of a case wherever it comes from."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from patents.enums import IN_FORCE, LegalStatus, LicenceKind
from patents.enums.window import Agency, CaseKind, Channel
from patents.models import Patent
from patents.numbers import parse_application_number
from portal import clock
from portal.accounts.models import Organisation
from portal.codes import parse_uscc
from portal.errors import Invalid

MAX_PATENTS = 50
ENDED = frozenset(
    {
        LegalStatus.REFUSED,
        LegalStatus.WITHDRAWN,
        LegalStatus.LAPSED_UNPAID,
        LegalStatus.EXPIRED,
        LegalStatus.ABANDONED,
        LegalStatus.INVALID,
    }
)


def parse_numbers(text: str) -> tuple[str, ...]:
    """Application numbers as people write them, one a line. Raises Invalid naming the line."""
    numbers = []
    for place, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            number = parse_application_number(line.strip())
        except Invalid as error:
            raise Invalid(f"第 {place} 行：{error.message}", field="numbers") from error
        numbers.append(number.value)
    if not numbers:
        raise Invalid("请至少填写一件专利的申请号。", field="numbers")
    return tuple(dict.fromkeys(numbers))


def check_filing(filing: Any) -> None:
    """Raise Invalid for what no case can be; `field` names the input."""
    for name, allowed in (("kind", CaseKind), ("channel", Channel), ("agency", Agency)):
        if getattr(filing, name) not in allowed.values:
            raise Invalid("请从列出的选项中选择。", field=name)
    if not filing.counterpart_name.strip():
        raise Invalid("请填写合同对方的名称。", field="counterpart_name")
    if filing.counterpart_uscc:
        try:
            parse_uscc(filing.counterpart_uscc)
        except Invalid as error:
            raise Invalid(error.message, field="counterpart_uscc") from error
    if not dt.date(1985, 4, 1) <= filing.contract_on <= clock.today():
        raise Invalid("合同签订日不能晚于今天。", field="contract_on")
    _check_right(filing)
    if not filing.numbers:
        raise Invalid("请至少填写一件专利的申请号。", field="numbers")
    if len(filing.numbers) > MAX_PATENTS:
        raise Invalid(f"一个事项最多 {MAX_PATENTS} 件专利，请分开提交。", field="numbers")


def _check_right(filing: Any) -> None:
    """What the register says of the right itself: the licence's kind and term, the claim that a pledge secures."""
    if filing.kind == CaseKind.LICENCE:
        if filing.licence_kind not in LicenceKind.values:
            raise Invalid("请选择许可种类。", field="licence_kind")
        if filing.licence_until is None or filing.licence_until < filing.contract_on:
            raise Invalid("请填写许可期限截止日，不得早于合同签订日。", field="licence_until")
    elif filing.licence_kind or filing.licence_until:
        raise Invalid("只有许可备案填写许可种类和期限，请留空。", field="licence_kind")
    if filing.kind != CaseKind.PLEDGE:
        if filing.secured_amount is not None:
            raise Invalid("只有质押登记填写被担保的主债权金额，请留空。", field="secured_amount")
    elif filing.secured_amount is None or filing.secured_amount <= 0:
        raise Invalid("请填写被担保的主债权金额。", field="secured_amount")


def check_patents(numbers: Sequence[str], *, kind: str, owner: Organisation) -> list[Patent]:
    """The patents of these application numbers, in this order, when `owner` may register the kind for each.

    A pledge needs a granted right in force (refusal grounds 1-4 of pledge registration); an application can be
    transferred and licensed, a right that has ended cannot.
    """
    found = {patent.number: patent for patent in Patent.objects.filter(number__in=numbers).select_related("holder")}
    for number in numbers:
        patent = found.get(number)
        if patent is None:
            raise Invalid(f"专利库中没有 {number}，请先录入。", field="numbers")
        if patent.holder_id != owner.pk:
            raise Invalid(f"{patent.display_number} 的登记权利人不是本单位，不能由本单位申请登记。", field="numbers")
        status = patent.get_legal_status_display()
        if patent.legal_status in ENDED:
            raise Invalid(f"{patent.display_number} 法律状态为“{status}”，权利已终止。", field="numbers")
        if kind == CaseKind.PLEDGE and patent.legal_status not in IN_FORCE:
            raise Invalid(f"{patent.display_number} 法律状态为“{status}”，未授权的不能质押。", field="numbers")
    return [found[number] for number in numbers]
