"""What patents mean, as sentence vectors: made in the background, kept in PostgreSQL, compared when a need is ranked."""
