"""What IPC symbols are in the classifications of industries, by the official concordances. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from patents.classifications import ipc_places

Codes = tuple[str, ...]


def codes_of(symbol: str, mapping: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """What one IPC symbol is in another classification: by the narrowest place that the table has."""
    return next((mapping[place] for place in ipc_places(symbol) if place in mapping), ())


def industry_codes(classes: Collection[str], mapping: Mapping[str, Sequence[str]]) -> Codes:
    """What IPC symbols are in another classification: each by the narrowest place that the table has."""
    found: set[str] = set()
    for symbol in classes:
        found.update(codes_of(symbol, mapping))
    return tuple(sorted(found))


def intensive_codes(industries: Iterable[str], mapping: Mapping[str, Sequence[str]]) -> Codes:
    """The patent-intensive industries of codes of GB/T 4754, each by its narrowest group in the list."""
    found: set[str] = set()
    for code in industries:
        groups = (code[:length] for length in range(len(code), 1, -1))
        found.update(next((mapping[group] for group in groups if group in mapping), ()))
    return tuple(sorted(found))
