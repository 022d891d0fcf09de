"""A project's papers."""

from finance.enums import PaperKind
from finance.models import Project
from portal.attachments.models import Attachment

_LABELS = dict(PaperKind.choices)


def papers_of(project: Project) -> list[Attachment]:
    """The papers, oldest first; each with `label`, the kind in words."""
    papers = list(Attachment.objects.of(project))
    for paper in papers:
        paper.label = _LABELS.get(paper.purpose, paper.purpose)  # type: ignore[attr-defined]
    return papers
