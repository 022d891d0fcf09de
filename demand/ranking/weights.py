"""What each part of a score counts, as one version. docs/adr/0003-ranking.md says how each was found."""

from typing import Final

RANKING_VERSION: Final = "parts-5"
"""Stored with each match; changes when a score can change for the same texts and facts."""

WORDS_FULL = 100.0
"""Points of a patent that had every term of a need of USUAL_TERMS terms countless times; good answers have 5 to 15."""
USUAL_TERMS = 150
"""Fewer terms weigh less, by the root of their number: half of a bare title is sooner found by chance than half of a
page. Without it words outvote meaning for short needs (known items 0.83 instead of 0.85), and scores of short and long
needs cannot be held against one threshold."""
MEANING_SCALE = 200.0
"""Points of one whole unit of cosine above MEANING_BASE (flat between 100 and 350)."""
MEANING_BASE = 0.78
"""The cosine of a need and a patent that have nothing to do with each other; what is below counts nothing."""
FIELD_SHARE = 0.5
"""A patent in the one field of all the best is raised by this share of the best score by words."""

NAMED_POINTS = 60.0
"""A patent whose number stands in the need: more than words, meaning and field of any other are worth."""
LEGAL_POINTS = 1.0
MATURITY_POINTS = 0.8
PRICE_POINTS = 0.8
WAY_POINTS = 0.8
FIGURES_POINTS = 1.2
CITY_POINTS = 0.4
"""Facts stated in the listing decide between patents that answer a need about equally well, no more: all together
weigh as much as 0.02 of cosine. No judgement says anything about them, so they are the house's own."""

GOOD_SCORE = 30.6
"""Words, meaning and field of the best patent below which the answer is "no good match"."""
GOOD_SCORE_BY_WORDS = 3.5
"""The same where no vectors are; words alone hardly tell needs with an answer from others, so it refuses only the worst."""
