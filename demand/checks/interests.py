"""Validation of what the two sides say to a match."""

from collections.abc import Sequence

from demand.enums import RefusalReason
from portal.errors import Invalid

MAX_MESSAGE, MAX_NOTE = 1000, 500
MAX_NAME, MAX_PHONE = 50, 30


def check_message(text: str) -> str:
    """What is said to the other side; it must say something."""
    text = text.strip()
    if not 1 <= len(text) <= MAX_MESSAGE:
        raise Invalid(f"请填写说明，最多 {MAX_MESSAGE} 个字。", field="message")
    return text


def check_reasons(reasons: Sequence[str], note: str) -> list[str]:
    """At least one known reason, in the order of the list; 其他 alone needs words."""
    if set(reasons) - set(RefusalReason.values):
        raise Invalid("未知的原因。", field="reasons")
    chosen = [reason for reason in RefusalReason.values if reason in reasons]
    if not chosen:
        raise Invalid("请至少选择一个原因，对方据此改进。", field="reasons")
    if chosen == [RefusalReason.OTHER] and not note.strip():
        raise Invalid("选择“其他”时请写明原因。", field="note")
    if len(note) > MAX_NOTE:
        raise Invalid(f"说明最多 {MAX_NOTE} 个字。", field="note")
    return chosen


def check_adviser(name: str, phone: str) -> tuple[str, str]:
    """Name and telephone of the adviser."""
    name, phone = name.strip(), phone.strip()
    if not 1 <= len(name) <= MAX_NAME:
        raise Invalid("请填写顾问姓名。", field="name")
    if not 1 <= len(phone) <= MAX_PHONE or not set(phone) <= set("0123456789-+ ()（）"):
        raise Invalid("请填写顾问电话。", field="phone")
    return name, phone
