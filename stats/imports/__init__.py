"""Sheets that the statistics take in."""
