"""Forms of events, a file per part."""
