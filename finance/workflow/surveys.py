"""Who may open and close a questionnaire."""

from finance.enums import QuestionnaireState
from portal.accounts.enums import Role
from portal.flow import Flow

EDITORS = frozenset({Role.PROVINCE, Role.CITY})
QUESTIONNAIRE_FLOW = Flow(
    dict(QuestionnaireState.choices),
    {
        QuestionnaireState.DRAFT: {QuestionnaireState.OPEN: EDITORS},
        QuestionnaireState.OPEN: {QuestionnaireState.CLOSED: EDITORS},
    },
)
