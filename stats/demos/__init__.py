"""The demonstration's content of the statistics, a file per part."""
