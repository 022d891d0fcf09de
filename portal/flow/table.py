"""The table of allowed moves that every workflow of the portal uses."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from portal.errors import NotAllowed, WrongState

Moves = Mapping[str, Mapping[str, Iterable[str]]]


class Actor(Protocol):
    """Who asks for a move; a job of the portal itself passes None instead."""

    role: str


class Flow:
    """Moves as data: `{state: {next state: roles that may make the move}}`.

    An empty set of roles is a move that only the portal itself makes (actor None).
    """

    def __init__(self, labels: Mapping[str, str], moves: Moves) -> None:
        self.labels = dict(labels)
        self.moves = {state: {to: frozenset(roles) for to, roles in row.items()} for state, row in moves.items()}

    def require(self, state: str, to: str, *, actor: Actor | None) -> None:
        """Return if `actor` may move from `state` to `to`.

        Raises:
            WrongState: the move is not in the table.
            NotAllowed: the move exists, for other roles.
        """
        row = self.moves.get(state, {})
        if to not in row:
            raise WrongState(f"当前状态为“{self.label(state)}”，不能变更为“{self.label(to)}”。")
        if actor is not None and actor.role not in row[to]:
            raise NotAllowed(f"您没有将其变更为“{self.label(to)}”的权限。")
        if actor is None and row[to]:
            raise NotAllowed(f"变更为“{self.label(to)}”须由经办人操作。")

    def next_states(self, state: str, *, actor: Actor) -> list[str]:
        """The states that `actor` may choose from `state`, in the table's order."""
        return [to for to, roles in self.moves.get(state, {}).items() if actor.role in roles]

    def label(self, state: str) -> str:
        """The state's name for people."""
        return self.labels.get(state, state)
