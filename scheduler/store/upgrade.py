"""A database at the version of this code: made where there is none, brought forward where it is older."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from scheduler.model.findings import DoorstepError
from scheduler.store.engine import let_readers_in, missing, reading, writing


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings, without a file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def is_current(connection: Connection, *, create: bool) -> bool:
    """Whether the database is at this code's version; False where `upgrade` can bring it there.

    Reads only. Raises DoorstepError for a database of a newer Doorstep, one that is not Doorstep's, and,
    without `create`, an empty one.
    """
    script = ScriptDirectory.from_config(alembic_config(connection))
    current = MigrationContext.configure(connection).get_current_revision()
    known = {revision.revision for revision in script.walk_revisions()}
    if current is not None and current not in known:
        raise DoorstepError(
            "The database was made by a newer Doorstep", mend="Update Doorstep, or name another database."
        )
    if current is None and inspect(connection).get_table_names():
        raise DoorstepError(
            "The database holds tables that are not Doorstep's", mend="Name an empty database."
        )
    if current is None and not create:
        raise missing()
    return current == script.get_current_head()


def bring_forward(engine: Engine, *, create: bool) -> None:
    """Bring a database to this code's version. Raises DoorstepError as `is_current` does, changing nothing."""
    with reading(engine) as connection:
        current = is_current(connection, create=create)
    if not current:
        with writing(engine) as connection:
            upgrade(connection)
        let_readers_in(engine)


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing, all in the connection's transaction."""
    if not is_current(connection, create=True):
        command.upgrade(alembic_config(connection), "head")
