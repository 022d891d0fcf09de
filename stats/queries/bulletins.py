"""How bulletins are named."""

from stats.models import Bulletin
from stats.periods import QUARTERS


def period_label(bulletin: Bulletin) -> str:
    """The year, or its quarter."""
    return f"{bulletin.year} 年{QUARTERS.get(str(bulletin.quarter), '')}"
