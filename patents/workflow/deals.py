"""Who may move a deal, a supplement and a worksheet, from which state to which. Sides are checked by the services."""

from patents.enums.deals import DealState, SupplementState, WorksheetState
from portal.accounts.enums import Role
from portal.flow import Flow

_PARTIES = (Role.HOLDER, Role.SME)

DEAL_FLOW = Flow(
    dict(DealState.choices),
    {
        DealState.ENQUIRY: {DealState.TALKS: _PARTIES, DealState.ENDED: _PARTIES},
        DealState.TALKS: {DealState.CONTRACT: _PARTIES, DealState.ENDED: _PARTIES},
        DealState.CONTRACT: {DealState.RECORDED: _PARTIES, DealState.ENDED: _PARTIES},
        DealState.RECORDED: {DealState.PAYING: _PARTIES, DealState.CLOSED: _PARTIES, DealState.ENDED: _PARTIES},
        DealState.PAYING: {DealState.CLOSED: _PARTIES, DealState.ENDED: _PARTIES},
        # Money that was taken back after the end: what the closing stated is no longer so.
        DealState.CLOSED: {DealState.PAYING: _PARTIES},
    },
)

# Either side or an official has an open licence recorded; its deal follows.
OPEN_LICENCE_DEAL_FLOW = Flow(
    dict(DealState.choices),
    {
        DealState.CONTRACT: {DealState.RECORDED: (*_PARTIES, Role.CITY, Role.PROVINCE)},
        DealState.RECORDED: {DealState.PAYING: (*_PARTIES, Role.CITY, Role.PROVINCE)},
    },
)

SUPPLEMENT_FLOW = Flow(
    dict(SupplementState.choices),
    {
        SupplementState.PROPOSED: {
            SupplementState.CONFIRMED: _PARTIES,
            SupplementState.REFUSED: _PARTIES,
            SupplementState.WITHDRAWN: _PARTIES,
        }
    },
)

WORKSHEET_FLOW = Flow(
    dict(WorksheetState.choices),
    {
        WorksheetState.DRAFT: {WorksheetState.CONFIRMED: _PARTIES, WorksheetState.VOID: _PARTIES},
        WorksheetState.CONFIRMED: {WorksheetState.VOID: _PARTIES},
    },
)
