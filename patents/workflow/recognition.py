"""Who may move a recognition: the firm applies, its city recommends, the province decides."""

from patents.enums.recognition import RecognitionState
from portal.accounts.enums import Role
from portal.flow import Flow

_FIRM = {Role.SME, Role.HOLDER}

RECOGNITION_FLOW = Flow(
    dict(RecognitionState.choices),
    {
        RecognitionState.DRAFT: {RecognitionState.SUBMITTED: _FIRM},
        RecognitionState.RETURNED: {RecognitionState.SUBMITTED: _FIRM},
        RecognitionState.SUBMITTED: {
            RecognitionState.RECOMMENDED: {Role.CITY},
            RecognitionState.RETURNED: {Role.CITY},
        },
        RecognitionState.RECOMMENDED: {
            RecognitionState.RECOGNISED: {Role.PROVINCE},
            RecognitionState.RETURNED: {Role.PROVINCE},
            RecognitionState.REFUSED: {Role.PROVINCE},
        },
        RecognitionState.RECOGNISED: {RecognitionState.REVOKED: {Role.PROVINCE}},
    },
)
