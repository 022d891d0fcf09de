"""Verbs of training, a file per part."""
