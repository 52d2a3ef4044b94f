"""From a day's due visits to a checked plan, and what-ifs over it."""
