"""Demonstration data: invented texts, organisations and accounts. Pure, no database, the same for the same seed."""
