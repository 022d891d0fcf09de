"""Who may move tasks and milestones of the work plan."""

from portal.accounts.enums import Role
from portal.flow import Flow
from stats.enums.workplan import MilestoneState, TaskState

_PROVINCE = {Role.PROVINCE}
# A department of the province reports its own tasks; a city those of the city.
_OWNERS = {Role.PROVINCE, Role.CITY, Role.FINANCE}

TASK_FLOW = Flow(
    dict(TaskState.choices),
    {
        TaskState.RUNNING: {TaskState.DONE: _PROVINCE, TaskState.CANCELLED: _PROVINCE},
        # A task that was closed too early is opened again, with the reason.
        TaskState.DONE: {TaskState.RUNNING: _PROVINCE},
    },
)
MILESTONE_FLOW = Flow(
    dict(MilestoneState.choices),
    {
        MilestoneState.OPEN: {MilestoneState.REPORTED: _OWNERS},
        MilestoneState.RETURNED: {MilestoneState.REPORTED: _OWNERS},
        MilestoneState.REPORTED: {MilestoneState.CONFIRMED: _PROVINCE, MilestoneState.RETURNED: _PROVINCE},
    },
)
