"""Row history by database triggers, so that plain SQL is seen too."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import pghistory
from django.db import models

ModelT = TypeVar("ModelT", bound=type[models.Model])


def tracked(*, exclude: Sequence[str] = ()) -> Callable[[ModelT], ModelT]:
    """Keep each version of a row that was replaced or deleted, with the user and request that did it.

    Only the old row is kept: the newest version is the table itself, so bulk inserts cost nothing. The state at
    an instant is the first kept version replaced after it, or the row as it stands.
    """

    def decorate(model: ModelT) -> ModelT:
        followed: ModelT = pghistory.track(
            pghistory.RowEvent("replaced", operation=pghistory.Update, row=pghistory.Old),
            pghistory.DeleteEvent("deleted"),
            exclude=list(exclude) or None,
            model_name=f"{model.__name__}Version",
            obj_field=pghistory.ObjForeignKey(related_name="versions"),
        )(model)
        return followed

    return decorate
