"""One engine for all Excel and CSV import and export."""
