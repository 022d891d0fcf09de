"""The moves of an import."""

from portal.accounts.enums import Role
from portal.flow.table import Flow
from portal.sheets.enums import ImportState

_UPLOADERS = (Role.HOLDER, Role.CITY, Role.PROVINCE)
IMPORT_FLOW = Flow(
    dict(ImportState.choices),
    {
        # The job makes the moves without a role; a task that runs twice checks again.
        # A command applies at once: its operator has looked with --dry-run.
        ImportState.UPLOADED: {ImportState.CHECKING: (), ImportState.APPLYING: (), ImportState.FAILED: ()},
        ImportState.CHECKING: {ImportState.CHECKING: (), ImportState.CHECKED: (), ImportState.FAILED: ()},
        ImportState.CHECKED: {ImportState.APPLYING: _UPLOADERS},
        ImportState.APPLYING: {ImportState.APPLIED: (), ImportState.FAILED: ()},
    },
)
