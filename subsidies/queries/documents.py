"""The documents that a claim's rule version lists, and which of them are attached."""

from dataclasses import dataclass

from portal.attachments.models import Attachment
from subsidies.enums import ClaimSource
from subsidies.models import Claim

OTHER = "其他材料"


@dataclass(frozen=True, slots=True)
class Document:
    """One document by its name in the rule; `purpose` is what its attachments carry."""

    name: str
    is_required: bool
    is_there: bool

    @property
    def purpose(self) -> str:
        return purpose_of(self.name)


def purpose_of(name: str) -> str:
    """The name as an attachment keeps it."""
    return name[: Attachment._meta.get_field("purpose").max_length]


def documents_of(claim: Claim) -> list[Document]:
    """Those that the version asks of everybody, then those that it asks of some.

    For what the portal found by itself nothing is required of the firm.
    """
    parameters, there = claim.rule.parameters, set(Attachment.objects.of(claim).values_list("purpose", flat=True))
    is_applied = claim.source == ClaimSource.APPLIED
    listed = [(name, is_applied) for name in parameters.get("documents", ())]
    listed += [(name, False) for name in parameters.get("documents_where_applicable", ())]
    return [Document(name, is_required, purpose_of(name) in there) for name, is_required in listed]
