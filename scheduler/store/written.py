"""Which files hold people's data, so that purge and erasure find them wherever they were put."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, insert, select

from scheduler.store import schema
from scheduler.store.repository import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Files that one command wrote to one folder. `kind` is plan, day, review or compare."""

    id: str
    kind: str
    at: datetime
    folder: Path
    files: tuple[str, ...]

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that are still there."""
        return tuple(path for name in self.files if (path := self.folder / name).is_file())


def note_written(store: Store, kind: str, folder: Path, files: Iterable[Path], **detail: str | int) -> None:
    """Remember files that were written, and tell the audit trail that they were.

    An earlier entry of the same kind and folder all of whose files were written again gives way to this one.
    """
    names = sorted({path.relative_to(folder).as_posix() for path in files})
    row = {"id": uuid.uuid4().hex, "kind": kind, "at": datetime.now(UTC).replace(microsecond=0)}
    where = _told(store, folder.resolve())
    table = schema.written
    same = select(table.c.id, table.c.files).where(table.c.kind == kind, table.c.folder == where)
    with store.writing() as connection:
        for ident, older in connection.execute(same).all():
            if set(older) <= set(names):
                connection.execute(delete(table).where(table.c.id == ident))
        connection.execute(insert(table), {**row, "folder": where, "files": names})
        store.note(connection, f"wrote_{kind}", {"files": len(names), **detail})


def all_written(store: Store) -> tuple[Written, ...]:
    """Everything written and not yet removed, oldest first."""
    query = select(schema.written).order_by(schema.written.c.at)
    with store.reading() as connection:
        return tuple(
            Written(**{**row, "folder": store.home / row["folder"], "files": tuple(row["files"])})
            for row in connection.execute(query).mappings()
        )


def _told(store: Store, folder: Path) -> str:
    """A folder of the workspace by its place in it: a copy of a workspace must not reach into the first."""
    inside = folder.is_relative_to(store.home)
    return folder.relative_to(store.home).as_posix() if inside else str(folder)


def remove_files(store: Store, entries: Iterable[Written], why: str) -> int:
    """Remove the files of these entries, and forget the entries whose files are gone. Returns how many files.

    Files that a later entry wrote again, in the same place, belong to that entry.
    """
    entries = tuple(entries)
    ids = {entry.id for entry in entries}
    kept = {path for entry in all_written(store) if entry.id not in ids for path in entry.paths}
    count = 0
    for entry in entries:
        for path in entry.paths:
            if path not in kept:
                path.unlink()
                count += 1
        _remove_empty(entry)
    with store.writing() as connection:
        for ident in ids:
            connection.execute(delete(schema.written).where(schema.written.c.id == ident))
        if count:
            store.note(connection, "removed_pages", {"files": count, "why": why})
    return count


def _remove_empty(entry: Written) -> None:
    folders = {(entry.folder / name).parent for name in entry.files}
    for folder in sorted(folders, key=lambda path: -len(path.parts)):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
