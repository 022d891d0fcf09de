"""States, kinds and reasons, a file per part."""

from patents.enums.legal import UNCONFIRMED_CODES, EventCode, LicenceKind, Overlay
from patents.enums.licences import (
    STATABLE_OVERLAYS,
    WITH_FIXED,
    WITH_ROYALTY,
    AcceptanceState,
    CnipaState,
    LicenceRule,
    OpenLicenceState,
    PaymentKind,
    RoyaltyBase,
    Settlement,
)
from patents.enums.listing import OPEN_LISTINGS, ListingState
from patents.enums.pool import IN_FORCE, LegalStatus, PatentKind, TransferWay
from patents.enums.record import ConflictState, FeeReduction, PartyRole, SourceKind
from patents.enums.search import Sorting, TableKind

__all__ = [
    "IN_FORCE",
    "OPEN_LISTINGS",
    "STATABLE_OVERLAYS",
    "UNCONFIRMED_CODES",
    "WITH_FIXED",
    "WITH_ROYALTY",
    "AcceptanceState",
    "CnipaState",
    "ConflictState",
    "EventCode",
    "FeeReduction",
    "LegalStatus",
    "LicenceKind",
    "LicenceRule",
    "ListingState",
    "OpenLicenceState",
    "Overlay",
    "PartyRole",
    "PatentKind",
    "PaymentKind",
    "RoyaltyBase",
    "Settlement",
    "Sorting",
    "SourceKind",
    "TableKind",
    "TransferWay",
]
