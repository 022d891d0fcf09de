"""Parts of admin pages."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString


def part(name: str, **context: Any) -> SafeString:
    """A template of the officials' pages, filled."""
    return render_to_string(f"finance/admin/{name}.html", context)
