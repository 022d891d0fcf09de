"""Tables of the app, a file per part; Django finds them here."""

from demand.models.needs import Demand, DemandQuerySet, Match

__all__ = ["Demand", "DemandQuerySet", "Match"]
