"""The offline gazetteer: an extract's addresses, streets and named places, searched with room for slips."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

import numpy as np

from geodata.address import ParsedAddress, name_key, number_key, parse
from geodata.coordinates import LatLon
from geodata.errors import GeodataError
from geodata.extract import Extract
from geodata.named_places import FORMAT, NamedPlaces, read_places

_NEAR_M = 250.0  # two answers closer than this are one for a visitor
_STREETS_TRIED = 6
_LEADING = re.compile(r"\d+")
Progress = Callable[[int, int], None]


class Precision(StrEnum):
    """How exactly a fix is known, the best first."""

    MANUAL = "manual"
    GIVEN = "given"
    ADDRESS = "address"
    COMPOUND = "compound"
    INTERPOLATED = "interpolated"
    NEAREST_NUMBER = "nearest_number"
    STREET = "street"
    AREA = "area"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """Where an address is believed to be. `score` in 0..1 falls with every slip, gap and rival.

    `rivals` is how many other answers are as good and elsewhere.
    """

    location: LatLon
    precision: Precision
    matched: str
    score: float
    source: str = "gazetteer"
    rivals: int = 0


@dataclass(frozen=True, slots=True)
class _Street:
    """A street within one district: its numbers in order, and a point on it."""

    name: str
    district: str
    numbers: dict[str, int]  # number key -> row
    ordered: tuple[tuple[int, int], ...]  # (leading digits, row), ascending
    lat: float
    lon: float


class Gazetteer:
    """An index over an extract. Lookups never raise for any text."""

    def __init__(self, places: NamedPlaces) -> None:
        self._places = places
        self._streets = _index(places)
        self._street_keys = list(self._streets)
        self._compounds: dict[str, list[int]] = {}
        for row, name in enumerate(places.place_names):
            key = name_key(name)
            if len(key) >= 2:
                self._compounds.setdefault(key, []).append(row)
        self._compound_keys = list(self._compounds)

    @classmethod
    def open(cls, extract: Extract, cache_dir: Path | None = None) -> Self:
        """The gazetteer of an extract, from the cache where it is there. Raises GeodataError."""
        kept = extract.cached(cache_dir, f"places-{FORMAT}.npz")
        if kept is not None and kept.is_file():
            return cls(NamedPlaces.load(kept))
        places = read_places(extract.path)
        if not len(places.streets) and not len(places.street_names):
            raise GeodataError(f"{extract.path.name} names no street: choose an extract with names")
        if kept is not None:
            places.save(kept)
        return cls(places)

    def __len__(self) -> int:
        """How many addresses there are."""
        return len(self._places.streets)

    def lookup_many(
        self, texts: Sequence[str], progress: Progress = lambda _d, _t: None
    ) -> list[tuple[Fix, ...]]:
        """`lookup` of each text."""
        found = []
        for number, text in enumerate(texts):
            found.append(self.lookup(text))
            if number % 500 == 0:
                progress(number, len(texts))
        return found

    def lookup(self, text: str) -> tuple[Fix, ...]:
        """Up to five answers, the best first; none where nothing resembles it."""
        wanted = parse(text)
        fixes = [*self._by_street(wanted), *self._by_place(wanted)]
        fixes.sort(key=lambda fix: (-fix.score, fix.matched))
        return _ranked(fixes)

    def _by_street(self, wanted: ParsedAddress) -> Iterable[Fix]:
        key = name_key(wanted.street or wanted.place)
        if len(key) < 2:
            return
        for name, slips in self._similar(key, self._street_keys, _STREETS_TRIED):
            factor = _slip_factor(key, slips)
            for street in self._streets[name]:
                yield self._on_street(street, wanted, factor * self._district_factor(street, wanted))

    def _by_place(self, wanted: ParsedAddress) -> Iterable[Fix]:
        key = name_key(wanted.place or ("" if wanted.number else wanted.street))
        if len(key) < 2:
            return
        places = self._places
        for name, slips in self._similar(key, self._compound_keys, 3):
            for row in self._compounds[name]:
                at = LatLon(float(places.place_lat[row]), float(places.place_lon[row]))
                area = bool(places.place_is_area[row])
                score = _slip_factor(key, slips) * (0.3 if area else 0.95)
                precision = Precision.AREA if area else Precision.COMPOUND
                yield Fix(location=at, precision=precision, matched=str(places.place_names[row]), score=score)

    def _similar(self, key: str, names: list[str], most: int) -> list[tuple[str, int]]:
        """Names within a third of the key's length in slips, the nearest first."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        allowed = min(3, len(key) // 3)
        if key in self._streets and names is self._street_keys:
            return [(key, 0)]
        found = process.extract(key, names, scorer=OSA.distance, score_cutoff=allowed, limit=most)
        return [(name, int(slips)) for name, slips, _ in found]

    def _on_street(self, street: _Street, wanted: ParsedAddress, factor: float) -> Fix:
        places = self._places
        key = number_key(wanted.number)
        row, share, precision = _number(street, key)
        if row is None:
            at = LatLon(street.lat, street.lon)
            return Fix(
                location=at,
                precision=Precision.STREET,
                matched=street.name,
                score=factor * (0.55 if not key else 0.5),
            )
        lat, lon = float(places.lat[row]), float(places.lon[row])
        matched = f"{street.name} {places.numbers[row]}"
        return Fix(location=LatLon(lat, lon), precision=precision, matched=matched, score=factor * share)

    @staticmethod
    def _district_factor(street: _Street, wanted: ParsedAddress) -> float:
        if not wanted.district or not street.district:
            return 1.0
        return 1.0 if street.district == wanted.district else 0.7


def _index(places: NamedPlaces) -> dict[str, list[_Street]]:
    """Streets by name key; one entry for each district that has a street of the name."""
    rows: dict[tuple[str, str], list[int]] = {}
    names: dict[tuple[str, str], str] = {}
    for row, (street, district) in enumerate(
        zip(places.streets.tolist(), places.districts.tolist(), strict=True)
    ):
        at = (name_key(street), district)
        rows.setdefault(at, []).append(row)
        names.setdefault(at, street)
    streets: dict[str, list[_Street]] = {}
    for (key, district), members in rows.items():
        streets.setdefault(key, []).append(_street(places, names[key, district], district, members))
    for name, lat, lon in zip(
        places.street_names.tolist(), places.street_lat.tolist(), places.street_lon.tolist(), strict=True
    ):
        key = name_key(name)
        if key and key not in streets:
            streets[key] = [_Street(name, "", {}, (), lat, lon)]
    return streets


def _street(places: NamedPlaces, name: str, district: str, rows: list[int]) -> _Street:
    numbers: dict[str, int] = {}
    ordered = []
    for row in rows:
        for key in _keys(str(places.numbers[row])):
            numbers.setdefault(key, row)
        leading = _LEADING.match(str(places.numbers[row]))
        if leading:
            ordered.append((int(leading.group()), row))
    middle = rows[len(rows) // 2]
    return _Street(
        name, district, numbers, tuple(sorted(ordered)), float(places.lat[middle]), float(places.lon[middle])
    )


def _keys(number: str) -> Iterable[str]:
    """A number as written; of a range or a list also its members."""
    whole = number_key(number)
    yield whole
    for part in re.split(r"[,;/]", whole):
        yield part
        ends = part.split("-")
        if (
            len(ends) == 2
            and all(end.isdigit() for end in ends)
            and int(ends[0]) < int(ends[1]) < int(ends[0]) + 40
        ):
            yield from (str(n) for n in range(int(ends[0]), int(ends[1]) + 1, 2))


def _number(street: _Street, key: str) -> tuple[int | None, float, Precision]:
    """The row of a house number, how far it can be trusted, and its precision."""
    if not key or not street.numbers:
        return None, 0.0, Precision.STREET
    if key in street.numbers:
        return street.numbers[key], 1.0, Precision.ADDRESS
    leading = _LEADING.search(key)
    if not leading or not street.ordered:
        return None, 0.0, Precision.STREET
    wanted = int(leading.group())
    same = street.numbers.get(leading.group())
    if same is not None:
        return same, 0.97, Precision.ADDRESS
    at = bisect_left(street.ordered, (wanted, -1))
    near = [street.ordered[i] for i in (at - 1, at) if 0 <= i < len(street.ordered)]
    gap, row = min((abs(number - wanted) + (number - wanted) % 2 * 0.5, row) for number, row in near)
    between = len(near) == 2 and near[0][0] < wanted < near[1][0]
    if gap < 1:
        return row, 0.97, Precision.ADDRESS  # 12 for 12b
    precision = Precision.INTERPOLATED if between and gap <= 4 else Precision.NEAREST_NUMBER
    return row, (0.9 if between and gap <= 4 else 0.8 if gap <= 8 else 0.6), precision


def _slip_factor(key: str, slips: int) -> float:
    """What slips of the fingers leave of the trust: less on short names, which have near twins."""
    if slips == 0:
        return 1.0
    return max(0.2, 1.0 - 0.05 * slips - 0.5 * max(0.0, slips / len(key) - 0.12) * 2)


def _ranked(fixes: Sequence[Fix]) -> tuple[Fix, ...]:
    """Distinct answers; the best loses trust where another is as good and elsewhere."""
    from dataclasses import replace

    kept: list[Fix] = []
    for fix in fixes:
        if all(_apart_m(fix.location, other.location) > 1 for other in kept):
            kept.append(fix)
        if len(kept) == 5:
            break
    if not kept:
        return ()
    best = kept[0]
    rivals = [
        o for o in kept[1:] if o.score > best.score - 0.06 and _apart_m(o.location, best.location) > _NEAR_M
    ]
    if rivals:
        kept[0] = replace(best, score=best.score * 0.6, rivals=len(rivals))
    return tuple(kept)


def _apart_m(a: LatLon, b: LatLon) -> float:
    dy = (a.lat - b.lat) * 111_195
    dx = (a.lon - b.lon) * 111_195 * float(np.cos(np.radians(a.lat)))
    return float(np.hypot(dx, dy))
