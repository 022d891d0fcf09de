"""The admin of the statistics, a file per part."""
