"""Verbs that write, a file per part."""
