"""The API of the authority's own programs: legal events."""
