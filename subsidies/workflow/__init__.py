"""Who may move a claim, and a payment batch, from which state to which."""

from portal.accounts.enums import Role
from portal.flow import Flow
from subsidies.enums import BatchState, ClaimState

FIRM = {Role.SME, Role.HOLDER}
_TO_FIRM: dict[str, set[Role]] = {ClaimState.SUBMITTED: FIRM, ClaimState.WITHDRAWN: FIRM}

CLAIM_FLOW = Flow(
    dict(ClaimState.choices),
    {
        ClaimState.CANDIDATE: {**_TO_FIRM, ClaimState.INELIGIBLE: set()},
        # Facts that were mended, or a bar that was lifted, make it eligible again.
        ClaimState.INELIGIBLE: {ClaimState.CANDIDATE: set()},
        ClaimState.DRAFT: _TO_FIRM,
        # The claim key stays taken: a claim that was let go is taken up again, never made a second time.
        ClaimState.WITHDRAWN: {ClaimState.SUBMITTED: FIRM},
        ClaimState.LAPSED: {ClaimState.SUBMITTED: FIRM},
        ClaimState.RETURNED: {**_TO_FIRM, ClaimState.LAPSED: set()},
        ClaimState.SUBMITTED: {
            ClaimState.CITY_PASSED: {Role.CITY},
            ClaimState.RETURNED: {Role.CITY},
            ClaimState.REFUSED: {Role.CITY},
            ClaimState.WITHDRAWN: FIRM,
        },
        ClaimState.CITY_PASSED: {
            ClaimState.PROVINCE_PASSED: {Role.PROVINCE},
            ClaimState.RETURNED: {Role.PROVINCE},
            ClaimState.REFUSED: {Role.PROVINCE},
            ClaimState.WITHDRAWN: FIRM,
        },
        ClaimState.PROVINCE_PASSED: {
            ClaimState.APPROVED: {Role.FINANCE},
            ClaimState.RETURNED: {Role.FINANCE},
            ClaimState.REFUSED: {Role.FINANCE},
            ClaimState.WITHDRAWN: FIRM,
        },
        ClaimState.APPROVED: {ClaimState.PUBLICITY: {Role.PROVINCE}, ClaimState.REFUSED: {Role.PROVINCE}},
        ClaimState.PUBLICITY: {ClaimState.PAYABLE: set(), ClaimState.REFUSED: {Role.PROVINCE}},
        ClaimState.PAYABLE: {ClaimState.PAYING: set(), ClaimState.REFUSED: {Role.PROVINCE}},
        ClaimState.PAYING: {ClaimState.PAID: {Role.FINANCE}, ClaimState.PAYABLE: {Role.FINANCE}},
        ClaimState.PAID: {ClaimState.REVOKED: {Role.PROVINCE}},
        # Only a reexamination that changed the result leads back (services.disputes).
        ClaimState.REFUSED: {ClaimState.PROVINCE_PASSED: {Role.PROVINCE}},
    },
)

BATCH_FLOW = Flow(
    dict(BatchState.choices),
    {
        BatchState.BUILDING: {BatchState.READY: set()},
        BatchState.READY: {BatchState.EXPORTED: {Role.FINANCE}},
        BatchState.EXPORTED: {BatchState.CLOSED: {Role.FINANCE}},
    },
)
