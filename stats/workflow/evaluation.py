"""Who may move an evaluation scheme, a city's evaluation and an appeal."""

from portal.accounts.enums import Role
from portal.flow import Flow
from stats.enums.evaluation import AppealState, EvaluationState, SchemeState

_PROVINCE, _CITY = {Role.PROVINCE}, {Role.CITY}

SCHEME_FLOW = Flow(
    dict(SchemeState.choices),
    {
        SchemeState.DRAFT: {SchemeState.PUBLISHED: _PROVINCE},
        SchemeState.PUBLISHED: {SchemeState.ANNOUNCED: _PROVINCE},
        SchemeState.ANNOUNCED: {SchemeState.CLOSED: _PROVINCE},
    },
)
EVALUATION_FLOW = Flow(
    dict(EvaluationState.choices),
    {
        EvaluationState.WAITING: {EvaluationState.SUBMITTED: _CITY},
        EvaluationState.RETURNED: {EvaluationState.SUBMITTED: _CITY},
        EvaluationState.SUBMITTED: {EvaluationState.SCORED: _PROVINCE, EvaluationState.RETURNED: _PROVINCE},
        # Until the result is announced a score can be put right.
        EvaluationState.SCORED: {EvaluationState.SCORED: _PROVINCE},
    },
)
APPEAL_FLOW = Flow(
    dict(AppealState.choices),
    {AppealState.OPEN: {AppealState.UPHELD: _PROVINCE, AppealState.DISMISSED: _PROVINCE}},
)
