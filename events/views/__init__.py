"""Pages of events, a file per part."""
