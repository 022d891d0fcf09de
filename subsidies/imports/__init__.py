"""Lists of subsidies that come as sheets, a file per part."""
