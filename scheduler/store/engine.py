"""A connection to the database, and what is said when it cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError, SQLAlchemyError

from scheduler.model.findings import DoorstepError

_BEGIN = "doorstep_begin"
_WAIT_MS = 10_000


def make_engine(url: str, *, create: bool = True) -> Engine:
    """An engine for `url`. Raises DoorstepError without the URL in it: that may hold a password."""
    try:
        engine = create_engine(url, hide_parameters=True)
    except (SQLAlchemyError, ModuleNotFoundError, ValueError) as error:
        raise unusable(error) from None
    if engine.dialect.name == "sqlite":
        file = engine.url.database
        if not create and file and file != ":memory:" and not Path(file).is_file():
            raise missing()
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that only reads."""
    try:
        with engine.connect() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise unusable(error) from None


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction: committed whole at the end, or not at all."""
    try:
        with engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"}).begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise unusable(error) from None


def let_readers_in(engine: Engine) -> None:
    """SQLite's write-ahead log, so that a page is read while an import writes. It is kept in the file."""
    if engine.dialect.name == "sqlite":
        try:
            with engine.execution_options(**{_BEGIN: ""}).connect() as connection:
                connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        except SQLAlchemyError as error:
            raise unusable(error) from None


def wipe(engine: Engine) -> None:
    """Leave nothing of deleted and overwritten rows in SQLite's file and its write-ahead log.

    Raises DoorstepError where another process holds the database open; try again when it is done.
    A database server reclaims old row versions by its own clock.
    """
    if engine.dialect.name != "sqlite":
        return
    why = "busy"
    try:
        with engine.execution_options(**{_BEGIN: ""}).connect() as connection:
            connection.exec_driver_sql("PRAGMA temp_store = MEMORY")
            connection.exec_driver_sql("VACUUM")
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
    except SQLAlchemyError as error:
        busy, why = True, type(getattr(error, "orig", None) or error).__name__
    if busy:
        raise DoorstepError(
            f"It is done, but the database's file still holds what was deleted: it is in use, or cannot be rewritten ({why})",
            mend="When nobody else uses it and the disk has room, run: doorstep purge --yes",
        )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver begins transactions late and ends them before DDL; without it, `_begin_sqlite` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {_WAIT_MS}",
        "foreign_keys = ON",
        "synchronous = NORMAL",
        "secure_delete = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock before it reads: what it compares with cannot change under it.
    statement = connection.get_execution_options().get(_BEGIN, "BEGIN")
    if statement:
        connection.exec_driver_sql(statement)


def missing() -> DoorstepError:
    """The error for a database that should be there."""
    return DoorstepError(
        "There is no database there", mend="Check where it is. A workspace is made with: doorstep init DIR"
    )


def unusable(error: Exception) -> DoorstepError:
    """The error for a database that cannot be used, without its URL: that may hold a password."""
    if isinstance(error, ModuleNotFoundError):
        return DoorstepError(
            f"The database's driver {error.name} is not installed", mend=f"pip install {error.name}"
        )
    original = getattr(error, "orig", None) or error
    what = type(original).__name__
    if isinstance(error, ArgumentError | NoSuchModuleError | ValueError):
        return DoorstepError(
            f"The database's URL cannot be used ({what})", mend="Write it like sqlite:///doorstep.db"
        )
    if isinstance(error, IntegrityError):
        return DoorstepError(
            "The database refused what was to be written; nothing was changed",
            mend="Import the agents first, then try again.",
        )
    if "locked" in str(original):
        return DoorstepError(
            "The database is in use by another process", mend="Wait until it is done, then try again."
        )
    if "full" in str(original):
        return DoorstepError("The disk is full; nothing was changed", mend="Make room, then try again.")
    return DoorstepError(
        f"The database cannot be used ({what})",
        mend="Check that it is Doorstep's, readable and not damaged; restore it from a copy if it is.",
    )
