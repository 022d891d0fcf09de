"""The pool's searchable facts as columns in memory, so that filters and exact facet counts cost milliseconds."""
