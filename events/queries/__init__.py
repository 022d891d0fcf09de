"""Reads of events that services and pages share, a file per part."""
