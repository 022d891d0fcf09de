"""States, kinds and reasons, a file per part."""

from patents.enums.legal import UNCONFIRMED_CODES, EventCode, LicenceKind, Overlay
from patents.enums.listing import OPEN_LISTINGS, ListingState
from patents.enums.pool import IN_FORCE, LegalStatus, PatentKind, TransferWay
from patents.enums.record import ConflictState, FeeReduction, PartyRole, SourceKind

__all__ = [
    "IN_FORCE",
    "OPEN_LISTINGS",
    "UNCONFIRMED_CODES",
    "ConflictState",
    "EventCode",
    "FeeReduction",
    "LegalStatus",
    "LicenceKind",
    "ListingState",
    "Overlay",
    "PartyRole",
    "PatentKind",
    "SourceKind",
    "TransferWay",
]
