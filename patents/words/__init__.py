"""The words of the public search: for each the patents that have it, in blocks, and whether in the title."""
