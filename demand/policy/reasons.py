"""What a refusal says about the match. Pure."""

from collections.abc import Iterable, Mapping


def grade_of(reasons: Iterable[str], grades: Mapping[str, int]) -> int | None:
    """The lowest grade (0-3) among the reasons that say something about the match; None when none does.

    A price that did not suit says that the patent did: reasons have grades of their own, parameters of the rule.
    """
    known = [grades[reason] for reason in reasons if reason in grades]
    return min(known) if known else None
