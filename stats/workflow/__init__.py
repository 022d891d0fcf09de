"""Allowed moves, a file per part."""
