"""Moves of a registration."""

from portal.accounts.enums import RegistrationState, Role
from portal.flow import Flow

_REVIEWERS = (Role.CITY, Role.PROVINCE)

REGISTRATION_FLOW = Flow(
    dict(RegistrationState.choices),
    {
        RegistrationState.PENDING: {RegistrationState.APPROVED: _REVIEWERS, RegistrationState.REFUSED: _REVIEWERS},
        RegistrationState.REFUSED: {RegistrationState.APPROVED: _REVIEWERS},
    },
)
