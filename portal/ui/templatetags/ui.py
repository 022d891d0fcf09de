"""Filters and tags of every template (a builtin: no `load` needed)."""

from decimal import Decimal
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma as humanize_intcomma
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal import codes, money, regions
from portal.ui.fields import pretty_json

register = template.Library()
register.filter("intcomma", humanize_intcomma)

# Colours of states that mean the same in every workflow; the word is always beside the colour.
STATE_COLOURS = {
    "submitted": "info", "pending": "info", "pushed": "info", "waiting": "info", "sending": "info", "admitted": "info",
    "published": "good", "approved": "good", "accepted": "good", "lent": "good", "repaid": "good", "matched": "good",
    "delivered": "good", "valid": "good", "applied": "good", "returned": "warn", "retrying": "warn",
    "valid_fee_grace": "warn", "no_good_match": "warn", "refused": "bad", "failed": "bad", "dead": "bad",
    "lapsed_unpaid": "bad", "registered": "good", "handed_over": "info", "recognised": "good", "confirmed": "good",
    "in_review": "info", "recommended": "info", "not_recognised": "bad", "revoked": "bad", "passed": "good",
    "failed_check": "bad", "expired": "bad", "cancelled": "bad",
    "enquiry": "warn", "talks": "info", "contract": "good",
    "recorded": "good", "paying": "good",
    "pledged": "warn", "frozen": "bad", "licensed_exclusive": "warn", "licensed_sole": "warn", "licensed_ordinary": "info",
    "open_licence": "good", "invalidation_pending": "warn", "ownership_dispute": "bad", "invalid_part": "warn",
    "listed": "good", "draft": "info", "candidate": "info", "city_passed": "info", "province_passed": "info",
    "publicity": "info", "payable": "good", "paid": "good", "ineligible": "bad", "lapsed": "bad", "ready": "info",
    "exported": "info", "proposed": "warn", "filed": "good", "computing": "info", "queued": "warn", "withdrawn": "plain",
    "overdue": "bad",
    "issued": "good", "planned": "info", "enrolled": "info", "attended": "good",
    "red": "bad", "yellow": "warn", "green": "good", "done": "good", "reported": "info", "running": "info", "closed": "plain",
}  # fmt: skip


@register.filter(name="money")
def show_money(amount: Decimal | None) -> str:
    """An amount for reading: thousands separators, 万元 or 亿元 where large; the exact one in a tooltip."""
    if amount is None:
        return ""
    short, exact = money.short(amount), money.exact(amount)
    return format_html('<span class="num" title="{}">{}</span>', exact, short) if short != exact else short


@register.filter
def exact_money(amount: Decimal | None) -> str:
    """An amount to the fen."""
    return "" if amount is None else money.exact(amount)


@register.filter
def percent(rate: Decimal | None, places: int = 2) -> str:
    """A fraction as per cent: 0.0365 is 3.65 %."""
    return "" if rate is None else f"{(rate * 100).quantize(Decimal(1).scaleb(-places))} %"


@register.filter
def city(area_code: str) -> str:
    """The name of the city (or province) of an area code."""
    return regions.name_of(area_code) if area_code else ""


@register.filter(name="pretty_json")
def show_json(value: Any) -> SafeString:
    """JSON for people: indented, in Chinese as it is."""
    return pretty_json(value)


@register.filter
def masked_phone(phone: str) -> str:
    """A phone number as others may see it."""
    return codes.mask_phone(phone) if phone else ""


@register.filter
def masked_name(name: str) -> str:
    """A person's name as others may see it."""
    return codes.mask_name(name) if name else ""


@register.simple_tag
def state(value: str, label: str) -> SafeString:
    """A state as a badge: `{% state project.state project.get_state_display %}`."""
    return format_html('<span class="state state-{}">{}</span>', STATE_COLOURS.get(value, "plain"), label)


@register.simple_tag
def bar_segments(parts: list[dict[str, Any]], total: Decimal | float) -> list[dict[str, Any]]:
    """Where each named part of a sum lies in a bar 100 wide: its part with `x`, `width` and `index`."""
    placed, x = [], 0.0
    for index, part in enumerate(parts):
        width = max(float(part["value"]), 0.0) / float(total) * 100 if total else 0.0
        placed.append({**part, "x": round(x, 2), "width": round(width, 2), "index": index % 5})
        x += width
    return placed
