"""States and kinds, a file per part."""
