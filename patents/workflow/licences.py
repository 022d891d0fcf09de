"""Who may move an open licence: here, at CNIPA, and its acceptances."""

from patents.enums import AcceptanceState, CnipaState, OpenLicenceState
from portal.accounts.enums import Role
from portal.flow import Flow

REVIEWERS = frozenset({Role.CITY, Role.PROVINCE})
EDITABLE = frozenset({OpenLicenceState.DRAFT, OpenLicenceState.RETURNED})
RECORDERS = frozenset({Role.HOLDER, *REVIEWERS})
PARTIES = frozenset({Role.SME, Role.HOLDER, *REVIEWERS})

OPEN_LICENCE_FLOW = Flow(
    dict(OpenLicenceState.choices),
    {
        OpenLicenceState.DRAFT: {
            OpenLicenceState.SUBMITTED: {Role.HOLDER},
            OpenLicenceState.WITHDRAWN: {Role.HOLDER},
        },
        OpenLicenceState.RETURNED: {
            OpenLicenceState.SUBMITTED: {Role.HOLDER},
            OpenLicenceState.WITHDRAWN: {Role.HOLDER},
        },
        OpenLicenceState.SUBMITTED: {
            OpenLicenceState.PUBLISHED: REVIEWERS,
            OpenLicenceState.RETURNED: REVIEWERS,
            OpenLicenceState.WITHDRAWN: {Role.HOLDER},
        },
        OpenLicenceState.PUBLISHED: {OpenLicenceState.WITHDRAWN: {Role.HOLDER}},
    },
)
CNIPA_FLOW = Flow(
    dict(CnipaState.choices),
    {
        CnipaState.NOT_DECLARED: {CnipaState.DECLARED: RECORDERS},
        CnipaState.DECLARED: {CnipaState.ANNOUNCED: RECORDERS, CnipaState.WITHDRAWN: RECORDERS},
        CnipaState.ANNOUNCED: {CnipaState.WITHDRAWN: RECORDERS},
    },
)
ACCEPTANCE_FLOW = Flow(
    dict(AcceptanceState.choices),
    {AcceptanceState.EFFECTIVE: {AcceptanceState.RECORDED: PARTIES}},
)
