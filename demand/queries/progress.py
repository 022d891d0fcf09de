"""How far the work behind matching is, for the officials who keep the portal running."""

from dataclasses import dataclass

from demand.enums import DemandState, MatchState
from demand.models import Demand
from patents.vectors.encoders import has_encoder
from patents.vectors.services import Progress, vector_progress


@dataclass(frozen=True, slots=True)
class MatchingProgress:
    """What waits in the background. Matching works meanwhile, by words where vectors are missing."""

    vectors: Progress | None
    """None where the installation has no encoder."""
    waiting_count: int
    """Needs that wait for matching."""

    @property
    def percent(self) -> int:
        """Of the patents that have their vector, rounded down: only all is 100."""
        if self.vectors is None or not self.vectors.total:
            return 100
        return 100 * self.vectors.done // self.vectors.total


def matching_progress() -> MatchingProgress:
    """Read it; three queries."""
    waiting = Demand.objects.filter(state=DemandState.PUBLISHED, match_state=MatchState.WAITING).count()
    return MatchingProgress(vector_progress() if has_encoder() else None, waiting)
