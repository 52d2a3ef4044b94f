"""Errors about places and roads that a user can mend."""


class GeodataError(ValueError):
    """What is wrong with a file, an address or a place, why, and how to mend it, in one message."""
