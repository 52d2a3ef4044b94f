"""Alembic's entry: upgrades run on the connection handed over by `scheduler.store.upgrade`."""

from alembic import context

from scheduler.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
