"""Tables of the app, a file per part; Django finds them here."""

from patents.columns.models import SearchChange
from patents.models.bodies import BodyActivity, OperatingBody
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
from patents.models.deal_contract import DealContract, Objection, PaymentPlanLine, PricePublicity
from patents.models.deal_files import DealDocument, DealMessage
from patents.models.deal_money import CostItem, IncomeShare, IncomeWorksheet, MoneyReceived, Payout, ShareRule
from patents.models.deal_reminder import DealReminder
from patents.models.deal_supplement import ContractSupplement
from patents.models.deals import Deal, DealConsent, DealParty, DealPatent, DealQuerySet
from patents.models.evaluation import (
    Assessment,
    Evaluation,
    EvaluationQuerySet,
    EvaluationTable,
    ExpertTask,
    HighValueEvidence,
)
from patents.models.industries import IndustryTags, ReferenceRow, ReferenceTable
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
from patents.models.prefiling import PrefilingAdoption, PrefilingCase, ProvincialInstitution
from patents.models.recognition import Recognition
from patents.models.reform import RightsReform
from patents.models.saved import SavedSearch
from patents.models.window import WindowCase, WindowCasePatent, WindowMove

__all__ = [
    "Acceptance",
    "AcceptanceQuerySet",
    "Assessment",
    "BodyActivity",
    "Centre",
    "CentreApplication",
    "CentreCheck",
    "CentreGrant",
    "CentreReview",
    "CnipaStep",
    "ContractSupplement",
    "CostItem",
    "CultivationCall",
    "Deal",
    "DealConsent",
    "DealContract",
    "DealDocument",
    "DealMessage",
    "DealParty",
    "DealPatent",
    "DealQuerySet",
    "DealReminder",
    "Evaluation",
    "EvaluationQuerySet",
    "EvaluationTable",
    "ExpertTask",
    "FamilyMember",
    "FieldConflict",
    "GrantInstalment",
    "HighValueEvidence",
    "IncomeShare",
    "IncomeWorksheet",
    "IndustryTags",
    "LegalEvent",
    "Listing",
    "ListingQuerySet",
    "MoneyReceived",
    "Objection",
    "OpenLicence",
    "OpenLicenceQuerySet",
    "OperatingBody",
    "Patent",
    "PatentParty",
    "PatentQuerySet",
    "PaymentPlanLine",
    "Payout",
    "PrefilingAdoption",
    "PrefilingCase",
    "PricePublicity",
    "ProvincialInstitution",
    "Recognition",
    "ReferenceRow",
    "ReferenceTable",
    "Reminder",
    "RightsReform",
    "SavedSearch",
    "SearchChange",
    "ShareRule",
    "WindowCase",
    "WindowCasePatent",
    "WindowMove",
]
