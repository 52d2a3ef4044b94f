"""Who was erased, as salted digests of their ids: enough to know them again, not to find them."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, select

from scheduler.store import schema


class Tombstones:
    """Who was erased, as far as it takes to know them again."""

    def __init__(self, connection: Connection) -> None:
        found = connection.execute(select(schema.erased.c.digest, schema.erased.c.salt)).all()
        self._salt = found[0].salt if found else ""
        self._digests = frozenset(row.digest for row in found)

    def __bool__(self) -> bool:
        return bool(self._digests)

    def holds(self, case: str, customer: str) -> bool:
        """Whether this case or its customer was erased."""
        return any(
            digest(self._salt, kind, ident) in self._digests
            for kind, ident in (("case", case), ("customer", customer))
        )


def digest(salt: str, kind: str, ident: str) -> str:
    """A salted digest of an id."""
    return hashlib.sha256(f"{salt}\0{kind}\0{ident}".encode()).hexdigest()
