"""What geocoding remembers, kept in the store under its key (see `geodata.memory`)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select

from geodata.coordinates import LatLon
from scheduler.store import schema
from scheduler.store.repository import Store
from scheduler.store.rows import position_from, position_text


class StoredAnswers:
    """Outside geocoders' raw answers, by provider and address made plain."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, provider: str, address: str) -> Any | None:
        """The raw answer, or None where it was never asked."""
        table, vault = schema.answers, self._store.vault
        wanted = table.c.address_hash == vault.hash("answers", "address", address)
        with self._store.reading() as connection:
            row = (
                connection.execute(select(table).where(table.c.provider == provider, wanted))
                .mappings()
                .first()
            )
        return None if row is None else json.loads(vault.open("answers", row)["answer"])

    def put(self, provider: str, address: str, answer: Any) -> None:
        """Keep a raw answer; a later one replaces it."""
        table = schema.answers
        row = {"provider": provider, "address": address, "answer": json.dumps(answer)}
        closed = self._store.vault.close("answers", {"id": uuid.uuid4().hex, **row})
        same = table.c.address_hash == closed["address_hash"]
        with self._store.writing() as connection:
            connection.execute(delete(table).where(table.c.provider == provider, same))
            connection.execute(insert(table), closed)


class StoredCorrections:
    """Where people said an address is, by the address made plain. Remembered for ever."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> Mapping[str, LatLon]:
        """Every correction."""
        with self._store.reading() as connection:
            found = connection.execute(select(schema.corrections)).mappings().all()
        opened = (self._store.vault.open("corrections", row) for row in found)
        places = ((row["address"], position_from(row["position"])) for row in opened)
        return {address: at for address, at in places if at is not None}

    def put(self, address: str, place: LatLon) -> None:
        """Remember a correction; a later one replaces it."""
        table = schema.corrections
        row = {"id": uuid.uuid4().hex, "address": address, "position": position_text(place)}
        closed = self._store.vault.close("corrections", row)
        with self._store.writing() as connection:
            connection.execute(delete(table).where(table.c.address_hash == closed["address_hash"]))
            connection.execute(insert(table), closed)
