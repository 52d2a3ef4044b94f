"""Ruin and recreate, compiled: every rule of a `Problem` inside an insertion test that does not walk the route."""
