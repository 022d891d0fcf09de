"""Bulletins as Word and Excel. Both packages are heavy: imported by what makes a document, never at web start."""
