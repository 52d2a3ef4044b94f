"""Sample data: made-up people at real or made-up addresses, the same for the same seed."""
