"""The picture on a badge."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_of(address: str) -> SafeString:
    """The address as a QR code, an SVG to be put into a page. Error correction Q: a scratched screen is still read."""
    # Made by segno from the address alone, which it encodes as modules: none of it is written as text.
    return mark_safe(segno.make(address, error="q", micro=False).svg_inline(omitsize=True, dark="#000", light="#fff"))  # noqa: S308
