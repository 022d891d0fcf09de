"""QR codes as pictures that pages carry in themselves."""

import segno


def svg_of(text: str, *, scale: int = 4) -> str:
    """The text as a QR code: the address of a picture (SVG in a data URI) for an `img`."""
    picture: str = segno.make(text, micro=False).svg_data_uri(scale=scale)
    return picture
