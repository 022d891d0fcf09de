"""Stopgap by the lead (UI helper: overwrite)."""
def site(request): return {}
