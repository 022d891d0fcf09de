"""Pages, a file per part."""
