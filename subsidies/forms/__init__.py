"""Forms of subsidies, a file per part."""
