"""Optimistic versions: `If-Match` on a write refuses to act on what the caller has not seen."""

from collections.abc import Callable

from rest_framework.request import Request

from portal.api.problems import PreconditionFailed


def etag(version: int) -> str:
    """The version as an entity tag."""
    return f'"{version}"'


def require_match(request: Request, current_version: Callable[[], int]) -> None:
    """Return if the request names no version or the stored one.

    `current_version` must lock the row it reads, so that the version still holds when the caller writes.

    Raises:
        PreconditionFailed: answered with 412.
    """
    wanted = request.headers.get("If-Match")
    if wanted is None or wanted.strip() == "*":
        return
    if etag(current_version()) not in [tag.strip() for tag in wanted.split(",")]:
        raise PreconditionFailed
