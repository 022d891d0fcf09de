"""Validation that forms and services share, a file per part."""
