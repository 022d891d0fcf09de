"""Arithmetic without the database, a file per part."""
