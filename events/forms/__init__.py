"""Forms, a file per part."""
