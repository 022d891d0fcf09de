"""The banks' API for financing projects."""
