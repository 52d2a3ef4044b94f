"""Small SQLite tables beside the workspace: outside geocoders' raw answers, and people's corrections."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from geodata.address import normalise
from geodata.coordinates import LatLon
from geodata.errors import GeodataError


class _Table:
    """A SQLite file opened for each use, so that processes can share it."""

    create = ""

    def __init__(self, path: Path) -> None:
        self._path = path

    def _run(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=10)) as connection, connection:
                connection.execute(self.create)
                return connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            name = self._path.name
            raise GeodataError(
                f"{name} cannot be used ({type(error).__name__}): move it away, it is made anew"
            ) from None


class AnswerCache(_Table):
    """Raw answers by provider and address, so that nothing is asked twice."""

    create = "create table if not exists answers (provider text, address text, answer text, primary key (provider, address))"

    def get(self, provider: str, address: str) -> Any | None:
        """The raw answer as JSON values, or None where it was never asked."""
        found = self._run(
            "select answer from answers where provider = ? and address = ?", (provider, normalise(address))
        )
        return json.loads(found[0][0]) if found else None

    def put(self, provider: str, address: str, answer: Any) -> None:
        """Keep a raw answer."""
        self._run(
            "insert or replace into answers values (?, ?, ?)",
            (provider, normalise(address), json.dumps(answer)),
        )


class Corrections(_Table):
    """Where people said an address is. Remembered for ever, by the address's text made plain."""

    create = "create table if not exists corrections (address text primary key, lat real, lon real)"

    def get(self, address: str) -> LatLon | None:
        """The place a person gave, or None."""
        found = self._run("select lat, lon from corrections where address = ?", (normalise(address),))
        return LatLon(*found[0]) if found else None

    def put(self, address: str, place: LatLon) -> None:
        """Remember a correction; a later one replaces it."""
        values = (normalise(address), place.lat, place.lon)
        self._run("insert or replace into corrections values (?, ?, ?)", values)

    def all(self) -> dict[str, LatLon]:
        """Every correction, by the address made plain."""
        rows = self._run("select address, lat, lon from corrections", ())
        return {address: LatLon(lat, lon) for address, lat, lon in rows}
