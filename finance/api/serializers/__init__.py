"""What banks read and write, a file per part."""
