"""Steps that the verbs of training share."""

from typing import Any

from events.models import TrainingBase
from events.queries.training import terms_of
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import NotAllowed, NotFound, WrongState
from portal.outbox.services import publish

__all__ = ["lock_own", "require_standing", "terms_of", "trace"]


def lock_own(model: Any, by: User, name: str, **which: Any) -> Any:
    """The row of a base that `by` keeps, locked until the transaction ends. Raises NotFound."""
    found = model.objects.run_by(by).select_for_update(of=("self",)).filter(**which).first()
    if found is None:
        raise NotFound(f"没有这个{name}。")
    return found


def require_standing(base: TrainingBase) -> None:
    """Refuse teaching at a base that is not recognised any more. Raises WrongState."""
    if not base.is_standing:
        raise WrongState("基地已撤销或者超过有效期，不能办理。")


def require_role(by: User, *roles: str, message: str) -> None:
    """Raise NotAllowed with `message` unless `by` has one of the roles."""
    if by.role not in roles:
        raise NotAllowed(message)


def trace(by: User | None, verb: str, target: Any, event: str, note: str = "", **facts: Any) -> None:
    """Write down an act and tell the other parts of the portal."""
    record(by=by, verb=verb, target=target, note=note, **facts)
    publish(f"events.training.{event}", key=f"{target._meta.model_name}-{target.pk}", pk=target.pk, **facts)
