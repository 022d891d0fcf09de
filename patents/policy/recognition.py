"""The steps of recognition, by the rule version in force."""

from collections.abc import Collection, Mapping
from typing import Any


def step_of(parameters: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """The ladder's row of a kind. Raises LookupError for a kind that the rule does not know."""
    for row in parameters["ladder"]:
        if row["kind"] == kind:
            found: Mapping[str, Any] = row
            return found
    raise LookupError(kind)


def missing_steps(parameters: Mapping[str, Any], kind: str, standing: Collection[str]) -> list[str]:
    """The kinds that the firm should have before this one and has not; a higher kind stands for a lower."""
    order = [row["kind"] for row in parameters["ladder"]]
    highest = max((order.index(one) for one in standing if one in order), default=-1)
    return [one for one in step_of(parameters, kind)["needs"] if order.index(one) > highest]
