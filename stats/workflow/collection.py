"""Who may move collection forms, their periods and the cities' sheets."""

from portal.accounts.enums import Role
from portal.flow import Flow
from stats.enums.collection import FormState, PeriodState, SheetState

_PROVINCE, _CITY = {Role.PROVINCE}, {Role.CITY}

FORM_FLOW = Flow(dict(FormState.choices), {FormState.DRAFT: {FormState.PUBLISHED: _PROVINCE}})
# A period is closed once: what was wrong in it is put right by the next, or by a dated revision of the bulletin.
PERIOD_FLOW = Flow(dict(PeriodState.choices), {PeriodState.OPEN: {PeriodState.CLOSED: _PROVINCE}})
SHEET_FLOW = Flow(
    dict(SheetState.choices),
    {
        SheetState.WAITING: {SheetState.SUBMITTED: _CITY},
        SheetState.RETURNED: {SheetState.SUBMITTED: _CITY},
        SheetState.SUBMITTED: {SheetState.ACCEPTED: _PROVINCE, SheetState.RETURNED: _PROVINCE},
        # Until the period is closed an accepted sheet can still be given back.
        SheetState.ACCEPTED: {SheetState.RETURNED: _PROVINCE},
    },
)
