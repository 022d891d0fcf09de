"""What comes in as files, a file per part."""
