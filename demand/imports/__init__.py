"""Import of needs from sheets."""
