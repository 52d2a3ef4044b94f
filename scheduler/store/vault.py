"""Which columns hold personal data, and rows sealed on the way in and opened on the way out."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Table, select

from scheduler.store.cipher import Key

SEALED: Mapping[str, tuple[str, ...]] = {
    "cases": ("name", "phone", "flags", "address", "position", "note"),
    "agents": ("name", "phone", "start_address", "start_position", "end_address", "end_position"),
    "outcomes": ("note",),
    "contacts": ("source", "recording"),
    "marks": ("body",),
    "corrections": ("address", "position"),
    "answers": ("address", "answer"),
}
"""Columns that are encrypted where the workspace has a key; empty values stay empty. All are text.

Every one of these tables has an `id`, which is authenticated with the value.
"""


def plain_name(text: str) -> str:
    """A name as it is searched: width, case and blanks do not count."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def plain_phone(text: str) -> str:
    """A telephone number's digits, without the zeros or the plus before them."""
    return "".join(filter(str.isdecimal, unicodedata.normalize("NFKC", text))).lstrip("0")


HASHED: Mapping[str, Mapping[str, tuple[str, Callable[[str], str]]]] = {
    "cases": {"name": ("name_hash", plain_name), "phone": ("phone_hash", plain_phone)},
    "corrections": {"address": ("address_hash", str)},
    "answers": {"address": ("address_hash", str)},
}
"""Columns that can be searched, with the column that holds their keyed hash and how they are made plain."""


class Vault:
    """Seals and opens rows by a key; without one it hands them through as they are."""

    def __init__(self, key: Key | None) -> None:
        self.key = key

    def close(self, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row as it is stored. It has its `id`; columns it lacks are left alone."""
        closed = dict(row)
        for column, (hashed, plain) in HASHED.get(table, {}).items():
            if column in row:
                closed[hashed] = self.hash(table, column, plain(row[column]))
        if self.key is not None:
            for column in SEALED[table]:
                if closed.get(column):
                    closed[column] = self.key.seal(closed[column], table, column, row["id"])
        return closed

    def open(self, table: str, row: Any) -> dict[str, Any]:
        """The row in plain text, without its hashes. Raises SealBrokenError, KeyProblem."""
        opened = dict(row)
        for hashed, _ in HASHED.get(table, {}).values():
            opened.pop(hashed, None)
        if self.key is not None:
            for column in SEALED[table]:
                if opened.get(column):
                    opened[column] = self.key.open(opened[column], table, column, opened["id"])
        return opened

    def column(self, connection: Connection, table: Table, column: str) -> Iterator[tuple[str, str]]:
        """Ids and plain texts of one sealed column."""
        for ident, value in connection.execute(select(table.c.id, table.c[column])):
            plain = self.key.open(value, table.name, column, ident) if self.key and value else value
            yield ident, plain

    def hash(self, table: str, column: str, plain: str) -> str:
        """What to search for; without a key the plain text itself."""
        return self.key.hash(plain, table, column) if self.key is not None and plain else plain
