"""Who may move an event from which state to which."""

from events.enums import EventState
from portal.accounts.enums import Role
from portal.flow import Flow

ORGANISERS = frozenset({Role.PROVINCE, Role.CITY})
EDITABLE = frozenset({EventState.DRAFT, EventState.PUBLISHED})

EVENT_FLOW = Flow(
    dict(EventState.choices),
    {
        EventState.DRAFT: {EventState.PUBLISHED: ORGANISERS},
        EventState.PUBLISHED: {EventState.CANCELLED: ORGANISERS},
    },
)
