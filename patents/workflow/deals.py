"""Who may move a deal, and a worksheet of income, from which state to which. Sides are checked by the services."""

from patents.enums.deals import DealState, WorksheetState
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
    },
)

WORKSHEET_FLOW = Flow(
    dict(WorksheetState.choices),
    {
        WorksheetState.DRAFT: {WorksheetState.CONFIRMED: _PARTIES, WorksheetState.VOID: _PARTIES},
        WorksheetState.CONFIRMED: {WorksheetState.VOID: _PARTIES},
    },
)
