"""An OpenStreetMap extract: the file, its fingerprint, its box, and where what is built from it is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from geodata.coordinates import LatLon
from geodata.errors import GeodataError


@dataclass(frozen=True, slots=True)
class Box:
    """A box in degrees."""

    south: float
    west: float
    north: float
    east: float

    def contains(self, point: LatLon, *, margin: float = 0.0) -> bool:
        """Whether the point lies inside, or within `margin` degrees of it."""
        return (
            self.south - margin <= point.lat <= self.north + margin
            and self.west - margin <= point.lon <= self.east + margin
        )


@dataclass(frozen=True)
class Extract:
    """An extract that exists. `fingerprint` is the SHA-256 of its bytes: the key of all that is cached."""

    path: Path

    @classmethod
    def open(cls, path: Path) -> Self:
        """Raises GeodataError where there is no such file or it is no OpenStreetMap data."""
        path = Path(path)
        if not path.is_file():
            raise GeodataError(
                f"There is no street data at {path.name}: name an OpenStreetMap extract (.osm.pbf)"
            )
        with path.open("rb") as file:
            head = file.read(64)
        if b"OSMHeader" not in head:
            raise GeodataError(f"{path.name} is not an .osm.pbf file: download the extract again")
        return cls(path)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the file."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @cached_property
    def box(self) -> Box:
        """The box around all nodes. Raises GeodataError for a broken file or one without nodes."""
        import osmium

        found = [90.0, 180.0, -90.0, -180.0]
        try:
            reader = osmium.io.Reader(str(self.path), osmium.osm.osm_entity_bits.NOTHING)
            declared = reader.header().box()
            reader.close()
            if declared.valid():
                return Box(
                    declared.bottom_left.lat,
                    declared.bottom_left.lon,
                    declared.top_right.lat,
                    declared.top_right.lon,
                )
            nodes: Any = osmium.FileProcessor(str(self.path), osmium.osm.NODE)
            for node in nodes:
                found[0], found[1] = min(found[0], node.lat), min(found[1], node.lon)
                found[2], found[3] = max(found[2], node.lat), max(found[3], node.lon)
        except RuntimeError as error:
            raise broken(self.path, error) from None
        if found[0] > found[2]:
            raise GeodataError(f"{self.path.name} has no nodes: choose an extract of the city")
        return Box(*found)

    def cached(self, folder: Path | None, what: str) -> Path | None:
        """The file in `folder` for something built from this extract; None without a folder."""
        return folder / f"{self.fingerprint[:16]}-{what}" if folder else None


def broken(path: Path, error: Exception) -> GeodataError:
    """The error for a file that ends early or does not decode."""
    return GeodataError(f"{path.name} is broken or cut short ({error}): download the extract again")
