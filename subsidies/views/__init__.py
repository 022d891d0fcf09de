"""Pages of subsidies, a file per part."""
