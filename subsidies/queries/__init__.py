"""Reads of subsidies that services, commands and pages share, a file per part."""
