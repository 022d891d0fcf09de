"""Who may move a table plan from which state to which."""

from events.enums.plans import PlanState
from events.workflow.events import ORGANISERS
from portal.flow import Flow

PLAN_FLOW = Flow(
    dict(PlanState.choices),
    {
        # The calculation itself.
        PlanState.QUEUED: {PlanState.READY: set(), PlanState.FAILED: set()},
        PlanState.READY: {PlanState.PUBLISHED: ORGANISERS, PlanState.QUEUED: ORGANISERS},
        # Computed anew, it is shown again only when an official has read it.
        PlanState.PUBLISHED: {PlanState.QUEUED: ORGANISERS},
        PlanState.FAILED: {PlanState.QUEUED: ORGANISERS},
    },
)
