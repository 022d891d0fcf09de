"""The officials' pages, a file per part; Django finds them here."""

from patents.admin.bodies import BodyActivityAdmin, OperatingBodyAdmin
from patents.admin.cultivation import (
    CentreAdmin,
    CentreApplicationAdmin,
    CentreCheckAdmin,
    CentreGrantAdmin,
    CultivationCallAdmin,
)
from patents.admin.deals import DealAdmin, PricePublicityAdmin
from patents.admin.evaluation import EvaluationAdmin, EvaluationTableAdmin, HighValueEvidenceAdmin
from patents.admin.legal import LegalEventAdmin
from patents.admin.licences import AcceptanceAdmin, OpenLicenceAdmin
from patents.admin.listing import ListingAdmin
from patents.admin.pool import PatentAdmin
from patents.admin.prefiling import PrefilingAdoptionAdmin, ProvincialInstitutionAdmin
from patents.admin.recognition import RecognitionAdmin
from patents.admin.references import ReferenceTableAdmin
from patents.admin.reform import RightsReformAdmin
from patents.admin.window import WindowCaseAdmin

__all__ = [
    "AcceptanceAdmin",
    "BodyActivityAdmin",
    "CentreAdmin",
    "CentreApplicationAdmin",
    "CentreCheckAdmin",
    "CentreGrantAdmin",
    "CultivationCallAdmin",
    "DealAdmin",
    "EvaluationAdmin",
    "EvaluationTableAdmin",
    "HighValueEvidenceAdmin",
    "LegalEventAdmin",
    "ListingAdmin",
    "OpenLicenceAdmin",
    "OperatingBodyAdmin",
    "PatentAdmin",
    "PrefilingAdoptionAdmin",
    "PricePublicityAdmin",
    "ProvincialInstitutionAdmin",
    "RecognitionAdmin",
    "ReferenceTableAdmin",
    "RightsReformAdmin",
    "WindowCaseAdmin",
]
