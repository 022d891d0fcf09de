"""Who may close a difference."""

from finance.enums import DifferenceState
from portal.accounts.enums import Role
from portal.flow import Flow

DIFFERENCE_FLOW = Flow(dict(DifferenceState.choices), {DifferenceState.OPEN: {DifferenceState.CLOSED: {Role.PROVINCE}}})
