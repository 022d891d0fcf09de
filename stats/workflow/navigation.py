"""Who may move applications for navigation projects and the projects themselves.

Calls and expert reviews move as those of cultivation centres do (`patents.workflow.cultivation`).
"""

from portal.accounts.enums import Role
from portal.flow import Flow
from stats.enums.navigation import ApplicationState, ProjectState
from stats.enums.workplan import MilestoneState

_PROVINCE = {Role.PROVINCE}
# A service body registers as a firm.
APPLICANTS = {Role.HOLDER, Role.SME}

APPLICATION_FLOW = Flow(
    dict(ApplicationState.choices),
    {
        ApplicationState.DRAFT: {ApplicationState.SUBMITTED: APPLICANTS, ApplicationState.WITHDRAWN: APPLICANTS},
        ApplicationState.RETURNED: {ApplicationState.SUBMITTED: APPLICANTS, ApplicationState.WITHDRAWN: APPLICANTS},
        ApplicationState.SUBMITTED: {
            ApplicationState.IN_REVIEW: _PROVINCE,
            ApplicationState.RETURNED: _PROVINCE,
            ApplicationState.NOT_APPROVED: _PROVINCE,
            ApplicationState.WITHDRAWN: APPLICANTS,
        },
        ApplicationState.IN_REVIEW: {ApplicationState.APPROVED: _PROVINCE, ApplicationState.NOT_APPROVED: _PROVINCE},
    },
)
PROJECT_FLOW = Flow(
    dict(ProjectState.choices),
    {
        ProjectState.RUNNING: {
            ProjectState.ACCEPTED: _PROVINCE,
            ProjectState.FAILED: _PROVINCE,
            ProjectState.TERMINATED: _PROVINCE,
        }
    },
)
STEP_FLOW = Flow(
    dict(MilestoneState.choices),
    {
        MilestoneState.OPEN: {MilestoneState.REPORTED: APPLICANTS},
        MilestoneState.RETURNED: {MilestoneState.REPORTED: APPLICANTS},
        MilestoneState.REPORTED: {MilestoneState.CONFIRMED: _PROVINCE, MilestoneState.RETURNED: _PROVINCE},
    },
)
