"""Import of pool sheets: read and check, compare with the pool, load."""
