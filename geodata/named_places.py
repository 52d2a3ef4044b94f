"""What an extract names: addresses, streets, compounds and districts, as arrays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np

from geodata.errors import GeodataError
from geodata.extract import broken

FORMAT = 2
_CITIES = frozenset({"city", "town", "village", "municipality"})
_AREAS = _CITIES | {"suburb", "quarter", "borough", "city_district", "district", "county"}
_PLACES = frozenset({"neighbourhood", "isolated_dwelling", "farm", "hamlet", "locality", "square"})
_OTHER_NAMES = re.compile(r"name:[a-z]{2,3}$|(?:alt|old|official|loc|short)_name$")
_KEPT = ("building", "amenity", "office", "shop", "tourism", "landuse", "residential")
PLACE, AREA, CITY = 0, 1, 2
Texts = Any
"""A numpy array of str."""


@dataclass(frozen=True, slots=True, eq=False)
class NamedPlaces:
    """Addresses, named ways, streets' other names, and other named places; the columns of each of equal length.

    `alias_names` are further names (other languages, old, short) of the streets `alias_of`. `place_kind` is
    CITY, AREA or PLACE.
    """

    streets: Texts
    numbers: Texts
    districts: Texts
    cities: Texts
    postcodes: Texts
    lat: Any
    lon: Any
    street_names: Texts
    street_lat: Any
    street_lon: Any
    alias_names: Texts
    alias_of: Texts
    place_names: Texts
    place_kind: Any
    place_lat: Any
    place_lon: Any

    def __post_init__(self) -> None:
        for entry in fields(self):
            getattr(self, entry.name).setflags(write=False)

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
        self.addresses: list[tuple[str, str, str, str, str, float, float]] = []
        self.streets: list[tuple[str, float, float]] = []
        self.aliases: dict[tuple[str, str], None] = {}
        self.places: list[tuple[str, int, float, float]] = []

    def take(self, tags: Any, lat: float, lon: float, *, is_way: bool) -> None:
        number = tags.get("addr:housenumber")
        street = tags.get("addr:street") or tags.get("addr:place")
        if number and street:
            district = tags.get("addr:district") or tags.get("addr:suburb", "")
            city, postcode = tags.get("addr:city", ""), tags.get("addr:postcode", "")
            self.addresses.append((street, number, district, city, postcode, lat, lon))
        name = tags.get("name")
        if not name:
            return
        if is_way and "highway" in tags:
            self.streets.append((name, lat, lon))
            self.aliases |= {(other, name): None for other in _other_names(tags) if other != name}
            return
        kind = _kind(tags)
        if kind is not None:
            self.places += [(one, kind, lat, lon) for one in dict.fromkeys((name, *_other_names(tags)))]


def _kind(tags: Any) -> int | None:
    place = tags.get("place")
    if place in _AREAS:
        return CITY if place in _CITIES else AREA
    return PLACE if place in _PLACES or any(key in tags for key in _KEPT) else None


def _other_names(tags: Any) -> Iterator[str]:
    for tag in tags:
        if _OTHER_NAMES.match(tag.k):
            yield from (name for name in (part.strip() for part in tag.v.split(";")) if name)


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
    streets, numbers, districts, cities, postcodes, lat, lon = _columns(reading.addresses, 7)
    street_names, street_lat, street_lon = _columns(reading.streets, 3)
    alias_names, alias_of = _columns(list(reading.aliases), 2)
    names, kind, place_lat, place_lon = _columns(reading.places, 4)
    return NamedPlaces(
        streets=_texts(streets),
        numbers=_texts(numbers),
        districts=_texts(districts),
        cities=_texts(cities),
        postcodes=_texts(postcodes),
        lat=np.array(lat, float),
        lon=np.array(lon, float),
        street_names=_texts(street_names),
        street_lat=np.array(street_lat, float),
        street_lon=np.array(street_lon, float),
        alias_names=_texts(alias_names),
        alias_of=_texts(alias_of),
        place_names=_texts(names),
        place_kind=np.array(kind, np.int8),
        place_lat=np.array(place_lat, float),
        place_lon=np.array(place_lon, float),
    )


def _columns(rows: list[Any], count: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(count)]


def _texts(values: list[str]) -> Texts:
    return np.array([value[:120] for value in values], dtype=np.str_)
