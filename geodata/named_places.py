"""What an extract names: addresses, streets, compounds and districts, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np

from geodata.errors import GeodataError
from geodata.extract import broken

FORMAT = 1
_AREAS = frozenset(
    {"suburb", "quarter", "borough", "city_district", "district", "town", "village", "city", "county"}
)
_PLACES = frozenset({"neighbourhood", "isolated_dwelling", "farm", "hamlet", "locality"})
_KEPT = ("building", "amenity", "office", "shop", "tourism", "landuse", "residential")
Texts = Any
"""A numpy array of str."""


@dataclass(frozen=True, slots=True, eq=False)
class NamedPlaces:
    """Addresses (streets, numbers, districts, lat, lon), streets with a point on each, and other named places."""

    streets: Texts
    numbers: Texts
    districts: Texts
    lat: Any
    lon: Any
    street_names: Texts
    street_lat: Any
    street_lon: Any
    place_names: Texts
    place_is_area: Any
    place_lat: Any
    place_lon: Any

    def save(self, path: Path) -> None:
        """Write the arrays, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        with part.open("wb") as file:
            np.savez(
                file, allow_pickle=False, **{entry.name: getattr(self, entry.name) for entry in fields(self)}
            )
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raises GeodataError for a file that holds something else."""
        try:
            with np.load(path, allow_pickle=False) as data:
                return cls(**{entry.name: data[entry.name] for entry in fields(cls)})
        except (OSError, KeyError, ValueError) as error:
            raise GeodataError(f"{path.name} cannot be read: remove it, it is built again") from error


class _Reading:
    def __init__(self) -> None:
        self.addresses: list[tuple[str, str, str, float, float]] = []
        self.streets: dict[str, tuple[float, float]] = {}
        self.places: list[tuple[str, bool, float, float]] = []

    def take(self, tags: Any, lat: float, lon: float, *, is_way: bool) -> None:
        number = tags.get("addr:housenumber")
        street = tags.get("addr:street") or tags.get("addr:place")
        if number and street:
            self.addresses.append((street, number, tags.get("addr:district", ""), lat, lon))
        name = tags.get("name")
        if not name:
            return
        if is_way and "highway" in tags:
            self.streets.setdefault(name, (lat, lon))
            return
        kind = tags.get("place")
        if kind in _AREAS:
            self.places.append((name, True, lat, lon))
        elif kind in _PLACES or any(key in tags for key in _KEPT):
            self.places.append((name, False, lat, lon))


def read_places(path: Path) -> NamedPlaces:
    """Read an extract. Raises GeodataError for a broken file."""
    import osmium

    reading = _Reading()
    source: Any = osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations()
    try:
        for thing in source.with_filter(osmium.filter.KeyFilter("addr:housenumber", "name")):
            if thing.is_node():
                reading.take(thing.tags, thing.lat, thing.lon, is_way=False)
                continue
            at = [(node.lat, node.lon) for node in thing.nodes if node.location.valid()]
            if at and "highway" in thing.tags:
                reading.take(thing.tags, *at[len(at) // 2], is_way=True)
            elif at:
                ring = at[:-1] if len(at) > 1 and at[0] == at[-1] else at
                reading.take(
                    thing.tags,
                    sum(lat for lat, _ in ring) / len(ring),
                    sum(lon for _, lon in ring) / len(ring),
                    is_way=True,
                )
    except (RuntimeError, UnicodeDecodeError) as error:
        raise broken(path, error) from None
    return _arrays(reading)


def _arrays(reading: _Reading) -> NamedPlaces:
    streets, numbers, districts, lat, lon = _columns(reading.addresses, 5)
    street_names, street_lat, street_lon = _columns([(n, *at) for n, at in reading.streets.items()], 3)
    names, is_area, place_lat, place_lon = _columns(reading.places, 4)
    return NamedPlaces(
        streets=_texts(streets),
        numbers=_texts(numbers),
        districts=_texts(districts),
        lat=np.array(lat, float),
        lon=np.array(lon, float),
        street_names=_texts(street_names),
        street_lat=np.array(street_lat, float),
        street_lon=np.array(street_lon, float),
        place_names=_texts(names),
        place_is_area=np.array(is_area, bool),
        place_lat=np.array(place_lat, float),
        place_lon=np.array(place_lon, float),
    )


def _columns(rows: list[Any], count: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(count)]


def _texts(values: list[str]) -> Texts:
    return np.array([value[:120] for value in values], dtype=np.str_)
