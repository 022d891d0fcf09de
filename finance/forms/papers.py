"""Choosing a paper for a project."""

from typing import Any

from finance.enums import PaperKind
from portal.attachments.forms import DocumentForm


def paper_form(*args: Any) -> DocumentForm:
    """A form for one paper."""
    return DocumentForm(*args, purposes=list(PaperKind.choices))
