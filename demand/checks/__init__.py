"""Validation that forms, imports and services share, a file per part."""
