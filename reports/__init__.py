"""A route sheet in, a page out. Shows only what it was handed."""
