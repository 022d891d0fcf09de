"""A bank for trying the portal out: a program of its own that knows only docs/bank-integration.md.

It imports nothing of the portal, keeps its own ledger, and talks HTTP only. On demand it misbehaves like real ones.
"""
