"""Who is due a visit, and what one is worth by the hour."""
