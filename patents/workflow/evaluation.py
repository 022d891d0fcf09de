"""Who may move an evaluation, an expert's task and a piece of evidence."""

from patents.enums.evaluation import EvaluationState, EvidenceState, ExpertState
from portal.accounts.enums import Role
from portal.flow import Flow

REVIEWERS = frozenset({Role.CITY, Role.PROVINCE})
EXPERT_ROLES = frozenset({Role.HOLDER, Role.SME, Role.CITY, Role.PROVINCE})

EVALUATION_FLOW = Flow(
    dict(EvaluationState.choices),
    {
        EvaluationState.OPEN: {
            EvaluationState.CLOSED: {Role.HOLDER, *REVIEWERS},
            EvaluationState.CANCELLED: {Role.HOLDER, *REVIEWERS},
        }
    },
)
EXPERT_FLOW = Flow(
    dict(ExpertState.choices),
    {ExpertState.ASKED: {ExpertState.DONE: EXPERT_ROLES, ExpertState.RECUSED: EXPERT_ROLES}},
)
EVIDENCE_FLOW = Flow(
    dict(EvidenceState.choices),
    {EvidenceState.WAITING: {EvidenceState.CONFIRMED: REVIEWERS, EvidenceState.REFUSED: REVIEWERS}},
)
