"""Tables of allowed moves, a file per part."""
