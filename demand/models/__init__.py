"""Tables of the app, a file per part; Django finds them here."""

from demand.models.needs import Demand, DemandQuerySet, DemandVector, Match

__all__ = ["Demand", "DemandQuerySet", "DemandVector", "Match"]
