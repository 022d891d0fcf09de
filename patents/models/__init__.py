"""Tables of the app, a file per part; Django finds them here."""

from patents.models.conflicts import FieldConflict, Reminder
from patents.models.legal import LegalEvent
from patents.models.listing import Listing, ListingQuerySet
from patents.models.parties import FamilyMember, PatentParty
from patents.models.pool import Patent, PatentQuerySet
from patents.models.window import WindowCase, WindowCasePatent, WindowMove

__all__ = [
    "FamilyMember",
    "FieldConflict",
    "LegalEvent",
    "Listing",
    "ListingQuerySet",
    "Patent",
    "PatentParty",
    "PatentQuerySet",
    "Reminder",
    "WindowCase",
    "WindowCasePatent",
    "WindowMove",
]
