"""Validation that forms, the API and services share, a file per part."""
