"""Arithmetic and eligibility, pure, a file per part."""
