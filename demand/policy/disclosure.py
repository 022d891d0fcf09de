"""Which parts of a need a reader may see. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from demand.enums import DEFAULT_DISCLOSURE, Disclosure, NeedPart


class Reader(StrEnum):
    INSIDE = "inside"
    """The firm itself, and officials who review."""
    RELEASED = "released"
    """A holder that the firm let in by name."""
    OUTSIDE = "outside"
    """Everybody else: other holders, the public, the index, the matcher."""


def level_of(part: str, disclosure: Mapping[str, str]) -> Disclosure:
    """What the firm decided for a part; an unknown level hides it."""
    level = disclosure.get(part, DEFAULT_DISCLOSURE[part])
    return Disclosure(level) if level in Disclosure.values else Disclosure.NEVER


def is_shown(part: str, disclosure: Mapping[str, str], reader: Reader) -> bool:
    """Whether `reader` may see the part."""
    if reader == Reader.INSIDE:
        return True
    level = level_of(part, disclosure)
    return level == Disclosure.PUBLIC or (level == Disclosure.RELEASED and reader == Reader.RELEASED)


def hidden_parts(disclosure: Mapping[str, str], reader: Reader) -> list[NeedPart]:
    """The parts that `reader` does not see, in the order of the form."""
    return [part for part in NeedPart if not is_shown(part, disclosure, reader)]
