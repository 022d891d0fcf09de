"""Tables of the app, a file per part; Django finds them here."""

from patents.models.conflicts import FieldConflict, Reminder
from patents.models.cultivation import (
    Centre,
    CentreApplication,
    CentreCheck,
    CentreGrant,
    CentreReview,
    CultivationCall,
    GrantInstalment,
)
from patents.models.legal import LegalEvent
from patents.models.licences import (
    Acceptance,
    AcceptanceQuerySet,
    CnipaStep,
    OpenLicence,
    OpenLicenceQuerySet,
)
from patents.models.listing import Listing, ListingQuerySet
from patents.models.parties import FamilyMember, PatentParty
from patents.models.pool import Patent, PatentQuerySet
from patents.models.window import WindowCase, WindowCasePatent, WindowMove

__all__ = [
    "Acceptance",
    "AcceptanceQuerySet",
    "Centre",
    "CentreApplication",
    "CentreCheck",
    "CentreGrant",
    "CentreReview",
    "CnipaStep",
    "CultivationCall",
    "FamilyMember",
    "FieldConflict",
    "GrantInstalment",
    "LegalEvent",
    "Listing",
    "ListingQuerySet",
    "OpenLicence",
    "OpenLicenceQuerySet",
    "Patent",
    "PatentParty",
    "PatentQuerySet",
    "Reminder",
    "WindowCase",
    "WindowCasePatent",
    "WindowMove",
]
