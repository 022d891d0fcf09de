"""The tables of the statistics, a file per part."""
