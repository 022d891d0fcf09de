"""Reads of the statistics that services, commands and pages share, a file per part."""
