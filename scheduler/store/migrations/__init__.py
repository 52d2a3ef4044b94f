"""Alembic's environment and versions, run by `scheduler.store.upgrade` whenever a database is opened."""
