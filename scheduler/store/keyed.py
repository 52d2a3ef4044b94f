"""A database and its key: which one opens it, and every value sealed anew under another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, update

from scheduler.store import schema
from scheduler.store.audit import append, sign_anew, who
from scheduler.store.cipher import Key, KeyProblem, wrong_key
from scheduler.store.engine import make_engine, reading, wipe, writing
from scheduler.store.upgrade import bring_forward
from scheduler.store.vault import HASHED, SEALED, Vault

Progress = Callable[[int, int], None]
_TABLE, _COLUMN, _PROOF = "encryption", "proof", "the key fits"
_CHUNK = 500


def key_in_use(engine: Engine) -> tuple[str, datetime] | None:
    """The id of the key that the database is encrypted with and since when, or None."""
    with reading(engine) as connection:
        return _in_use(connection)


def workspace_key(url: str) -> tuple[str, datetime] | None:
    """`key_in_use` of the database at `url`, which is brought to this code's version first."""
    with _opened(url) as engine:
        return key_in_use(engine)


def change_key(url: str, old: Key | None, new: Key, progress: Progress = lambda _done, _total: None) -> int:
    """`rekey` the database at `url`, and leave nothing of the old values in its files."""
    with _opened(url) as engine:
        count = rekey(engine, old, new, progress)
        wipe(engine)
        return count


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = make_engine(url, create=False)
    try:
        bring_forward(engine, create=False)
        yield engine
    finally:
        engine.dispose()


def take_key(engine: Engine, key: Key | None) -> None:
    """Make sure that `key` is the database's. An empty one without a key takes it as its own.

    Raises KeyProblem where it is wrong, missing, or where the database holds people in plain text.
    """
    with reading(engine) as connection:
        used = _in_use(connection)
        proof = connection.execute(select(schema.encryption.c.proof)).scalar()
        empty = used is None and key is not None and _is_empty(connection)
    if used is not None:
        _prove(used[0], proof or "", key)
    elif empty:
        with writing(engine) as connection:
            if _in_use(connection) is None and _is_empty(connection):
                _register(connection, key)
        take_key(engine, key)
    elif key is not None:
        raise KeyProblem(
            "A key is given, and this workspace is not encrypted yet; nothing was changed",
            mend="Encrypt it with: doorstep key new",
        )


def rekey(engine: Engine, old: Key | None, new: Key, progress: Progress = lambda _done, _total: None) -> int:
    """Seal every value under `new`, all in one transaction: interrupted, everything stays under `old`.

    Returns how many rows were sealed. Raises KeyProblem where `old` is not the database's key.
    """
    before, after = Vault(old), Vault(new)
    with writing(engine) as connection:
        used = _in_use(connection)
        if used is not None and old is not None and used[0] != old.id:
            raise wrong_key(old.id, used[0])
        if (used is None) != (old is None):
            raise KeyProblem("The workspace's key was changed meanwhile; nothing was changed")
        counts = {
            name: len(connection.execute(select(schema.metadata.tables[name].c.id)).all()) for name in SEALED
        }
        done = 0
        for name in SEALED:
            done = _rekey_table(connection, name, before, after, done, sum(counts.values()), progress)
        sign_anew(connection, old, new)
        append(connection, new, who(), "key_changed", {"from": old.id if old else "", "to": new.id})
        _register(connection, new)
    return done


def _rekey_table(
    connection: Connection,
    name: str,
    before: Vault,
    after: Vault,
    done: int,
    total: int,
    progress: Progress,
) -> int:
    table = schema.metadata.tables[name]
    columns = [table.c[column] for column in SEALED[name]]
    hashes = [hashed for hashed, _ in HASHED.get(name, {}).values()]
    statement = update(table).where(table.c.id == bindparam("_id"))
    last = ""
    while True:
        query = select(table.c.id, *columns).where(table.c.id > last).order_by(table.c.id).limit(_CHUNK)
        found = [dict(row) for row in connection.execute(query).mappings()]
        if not found:
            return done
        sealed = [after.close(name, before.open(name, row)) for row in found]
        kept = (*SEALED[name], *hashes)
        connection.execute(
            statement, [{"_id": row["id"], **{column: row[column] for column in kept}} for row in sealed]
        )
        last = found[-1]["id"]
        done += len(found)
        progress(done, total)


def _in_use(connection: Connection) -> tuple[str, datetime] | None:
    found = connection.execute(select(schema.encryption.c.key_id, schema.encryption.c.since)).first()
    return None if found is None else (found.key_id, found.since)


def _is_empty(connection: Connection) -> bool:
    tables = (schema.metadata.tables[name] for name in SEALED)
    return not any(connection.execute(select(table.c.id).limit(1)).first() for table in tables)


def _register(connection: Connection, key: Key | None) -> None:
    connection.execute(delete(schema.encryption))
    if key is not None:
        values = {"key_id": key.id, "proof": key.seal(_PROOF, _TABLE, _COLUMN, key.id)}
        connection.execute(insert(schema.encryption), {**values, "since": datetime.now(UTC)})


def _prove(used: str, proof: str, key: Key | None) -> None:
    if key is None:
        raise KeyProblem(
            f"This workspace is encrypted (key {used}) and no key is given",
            mend="Name its file in $DOORSTEP_KEY_FILE or in [store] key_file.",
        )
    if key.id != used:
        raise wrong_key(key.id, used)
    key.open(proof, _TABLE, _COLUMN, used)
