"""A rehearsal with banks that fail, workers that die and a count of what went wrong."""
