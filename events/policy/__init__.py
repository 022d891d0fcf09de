"""Arithmetic and decisions, pure, a file per part."""
