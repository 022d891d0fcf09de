"""Reads used twice or more, a file per part."""
