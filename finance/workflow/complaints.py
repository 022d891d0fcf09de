"""Who may answer a complaint."""

from finance.enums import ComplaintState
from portal.accounts.enums import Role
from portal.flow import Flow

COMPLAINT_FLOW = Flow(
    dict(ComplaintState.choices),
    {ComplaintState.OPEN: {ComplaintState.ANSWERED: {Role.PROVINCE, Role.CITY}}},
)
