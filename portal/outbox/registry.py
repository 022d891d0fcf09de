"""Who inside the portal listens to which event."""

from collections.abc import Callable
from typing import TypeVar

from portal.outbox.models import Event

Consumer = Callable[[Event], None]
ConsumerT = TypeVar("ConsumerT", bound=Consumer)

_consumers: dict[str, tuple[str, Consumer]] = {}


def consumer(event_name: str) -> Callable[[ConsumerT], ConsumerT]:
    """Register a function of an app's `consumers.py` for one event.

    It runs in a transaction of its own together with the mark that it ran, once per event and in order per key.
    It must not call other systems: what it does outside the database could happen again.
    """

    def register(function: ConsumerT) -> ConsumerT:
        # Deliveries keep this name: renaming a consumer needs a data migration.
        _consumers[f"{function.__module__}.{function.__name__}"] = (event_name, function)
        return function

    return register


def names_for(event_name: str) -> list[str]:
    """Names of the consumers of an event, in a stable order."""
    return sorted(name for name, (event, _) in _consumers.items() if event == event_name)


def get(name: str) -> Consumer:
    """The consumer registered under `name`.

    Raises:
        LookupError: no such consumer; the delivery waits until a release brings it back.
    """
    try:
        return _consumers[name][1]
    except KeyError:
        raise LookupError(f"no consumer {name}") from None
