"""Operations that Django and pgtrigger do not bring."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


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
