"""Operations that Django and pgtrigger do not bring."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class CreateTables(Operation):
    """Create the tables of an app at once, each with all that its model has after the last of `operations`.

    For the first migration of an app only. `operations` are CreateModel, and what follows them to close circles: AddField,
    AddIndex, AddConstraint. One by one, each would make Django build every related model anew.
    """

    reversible = True

    def __init__(self, operations: list[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        # Without built models the state only takes notes; they are built when the first table is made.
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in self._creations():
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in reversed(self._creations()):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "Create the tables of every model"

    def _creations(self) -> list[CreateModel]:
        return [operation for operation in self.operations if isinstance(operation, CreateModel)]


class InstallTriggers(Operation):
    """Install the triggers that the models of an app carry in their options, all at once.

    For the first migration of an app only. One AddTrigger each would make Django build every related model anew,
    every time: with eighty models, a minute instead of seconds.
    """

    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing: the options that CreateModel gave already name the triggers."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for trigger in self._triggers(app_label, to_state):
            schema_editor.execute(trigger.install_sql, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Nothing: the tables that go take their triggers with them."""

    def describe(self) -> str:
        return "Install the triggers of every model"

    def _triggers(self, app_label: str, state: ProjectState) -> list[Any]:
        models = [model for (label, _), model in state.models.items() if label == app_label]
        return [trigger for model in models for trigger in model.options.get("triggers", [])]
