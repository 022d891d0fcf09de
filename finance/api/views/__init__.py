"""The banks' API, a file per part."""
