"""The word index of the pool: posting lists in blocks of patents, read only for the terms that a need has."""
