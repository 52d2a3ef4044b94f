"""Streets by name, each a run of house numbers in one part of town; names searched with room for slips."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from geodata.address import fold, is_chinese, name_key, number_key
from geodata.named_places import NamedPlaces

_CELL_DEGREES = 0.004  # about 440 m: houses of one street in touching cells belong together
CLOSE_NUMBERS = 4
"""A house within so many numbers of the one asked for, on its side of the street, is close enough to find the door."""
_LOOKED_AT = 16  # houses on either side of a missing number; several may share one number, as 12A and 12B do
_LEADING = re.compile(r"\d+")
_APART = re.compile(
    r"[东西南北中上下前后]|[一二三四五六七八九十]|\d+|north|south|east|west|nord|sud|øster|vester|nørre|sønder|söder|norra|södra|"
    r"östra|västra|pohjoi|etelä|itäinen|läntinen"
)


@dataclass(frozen=True, slots=True)
class Street:
    """A street within one part of town. `numbers` maps a number's key to a row of the addresses."""

    name: str
    district: str
    city: str
    postcodes: frozenset[str]
    numbers: dict[str, int]
    ordered: tuple[tuple[int, int], ...]  # (leading digits, row), ascending
    lat: float
    lon: float


class Numbered(NamedTuple):
    """Two rows and the share of the way from the first to the second; `gap` to the nearest real number."""

    row: int
    other: int
    share: float
    gap: int


class Names:
    """Keys of names, searched by the edits that make one of another."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = frozenset(keys)
        self._by_length: dict[tuple[bool, int], list[str]] = {}
        self._folded: dict[str, list[str]] = {}
        for key in sorted(self._keys):
            self._by_length.setdefault((is_chinese(key), len(key)), []).append(key)
            self._folded.setdefault(fold(key), []).append(key)

    def same(self, key: str) -> list[tuple[str, float]]:
        """The name itself, or those that differ in accents alone, and how far they can be trusted (0 to 1)."""
        if key in self._keys:
            return [(key, 1.0)]
        return [(name, 0.97) for name in self._folded.get(fold(key), ())]

    def ending(self, key: str) -> list[tuple[str, float]]:
        """The longest name that a Chinese key ends in: a landmark or a quarter may stand before the street."""
        if not is_chinese(key):
            return []
        tails = (key[at:] for at in range(1, len(key) - 2))
        return next(([(tail, 0.8)] for tail in tails if tail in self._keys), [])

    def similar(self, key: str, most: int) -> list[tuple[str, float]]:
        """Other names that slips may have turned into this one, and how far they can be trusted."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        allowed, chinese = min(3, len(key) // 3), is_chinese(key)
        near: list[str] = []
        for length in range(len(key) - allowed, len(key) + allowed + 1):
            near += self._by_length.get((chinese, length), ())
        found = process.extract(key, near, scorer=OSA.distance, score_cutoff=allowed, limit=most)
        return [(name, likeness(key, name, int(slips))) for name, slips, _ in found if slips]


def likeness(key: str, name: str, slips: int) -> float:
    """What slips of the fingers leave of the trust: less on short names, which have near twins.

    Slips rarely hit the first letter, and hardly ever turn east into west or one numeral into another: those
    are other streets. A single Chinese character carries as much as a word.
    """
    left = max(0.2, 1.0 - 0.05 * slips - max(0.0, slips / len(key) - 0.12))
    if is_chinese(name):
        return left * 0.85
    if key[0] != name[0]:
        left *= 0.96 if slips == 1 else 0.9
    return left * (1.0 if _APART.findall(key) == _APART.findall(name) else 0.8)


def index_streets(places: NamedPlaces) -> dict[str, list[Street]]:
    """Streets by name key, one for each part of town that has the name; other names lead to the same streets."""
    rows: dict[tuple[str, str, str], list[int]] = {}
    keys = {name: name_key(name) for name in {*places.streets.tolist(), *places.street_names.tolist()}}
    where = zip(places.streets.tolist(), places.districts.tolist(), places.cities.tolist(), strict=True)
    for row, (street, district, city) in enumerate(where):
        rows.setdefault((keys[street], district, city), []).append(row)
    streets: dict[str, list[Street]] = {}
    for (key, district, city), members in rows.items():
        for part in _parts(members, places.lat, places.lon):
            streets.setdefault(key, []).append(_numbered(places, district, city, part))
    _unnumbered(places, keys, streets)
    for alias, name in zip(places.alias_names.tolist(), places.alias_of.tolist(), strict=True):
        key, of = name_key(alias), keys.get(name) or name_key(name)
        if key and key not in streets and of in streets:
            streets[key] = streets[of]
    streets.pop("", None)
    return streets


def _unnumbered(places: NamedPlaces, keys: dict[str, str], streets: dict[str, list[Street]]) -> None:
    """Named ways where no house number is known."""
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(places.street_names.tolist()):
        rows.setdefault(keys[name], []).append(row)
    for key, members in rows.items():
        if key in streets:
            continue
        for part in _parts(members, places.street_lat, places.street_lon):
            lat, lon = _middle(places.street_lat[part], places.street_lon[part])
            name = str(places.street_names[part[0]])
            streets.setdefault(key, []).append(Street(name, "", "", frozenset(), {}, (), lat, lon))


def _parts(rows: list[int], lat: np.ndarray, lon: np.ndarray) -> Iterator[list[int]]:
    """Rows in touching cells together: a street's name may stand for another street across town."""
    if len(rows) == 1:
        yield rows
        return
    stretch = max(0.05, float(np.cos(np.radians(lat[rows[0]]))))
    norths = np.floor(lat[rows] / _CELL_DEGREES).astype(int).tolist()
    easts = np.floor(lon[rows] * stretch / _CELL_DEGREES).astype(int).tolist()
    cells: dict[tuple[int, int], list[int]] = {}
    for row, north, east in zip(rows, norths, easts, strict=True):
        cells.setdefault((north, east), []).append(row)
    while cells:
        cell, part = cells.popitem()
        waiting = [cell]
        while waiting:
            north, east = waiting.pop()
            for beside in ((north + dn, east + de) for dn in (-1, 0, 1) for de in (-1, 0, 1)):
                if beside in cells:
                    part += cells.pop(beside)
                    waiting.append(beside)
        yield sorted(part)


def _middle(lat: np.ndarray, lon: np.ndarray) -> tuple[float, float]:
    """The member nearest the mean."""
    at = int(np.argmin((lat - lat.mean()) ** 2 + (lon - lon.mean()) ** 2))
    return float(lat[at]), float(lon[at])


def _numbered(places: NamedPlaces, district: str, city: str, rows: list[int]) -> Street:
    numbers: dict[str, int] = {}
    ordered = []
    for row in rows:
        written = str(places.numbers[row])
        for key in _keys(written):
            numbers.setdefault(key, row)
        leading = _LEADING.search(written)
        if leading:
            ordered.append((int(leading.group()[:9]), row))
    lat, lon = _middle(places.lat[rows], places.lon[rows])
    postcodes = frozenset(places.postcodes[rows].tolist()) - {""}
    return Street(
        str(places.streets[rows[0]]), district, city, postcodes, numbers, tuple(sorted(ordered)), lat, lon
    )


def _keys(number: str) -> Iterator[str]:
    """A number as written; of a range or a list also its members."""
    whole = number_key(number)
    yield whole
    for part in re.split(r"[,;/]", whole):
        yield part
        ends = part.split("-")
        if len(ends) == 2 and all(end.isdecimal() and len(end) < 9 for end in ends):
            first, last = int(ends[0]), int(ends[1])
            if first < last < first + 40:
                yield from (str(n) for n in range(first, last + 1, 2))


def find_number(street: Street, key: str) -> Numbered | None:
    """The row of a house number, or the nearest; None where the street has no numbers or none was asked for."""
    if key in street.numbers:
        row = street.numbers[key]
        return Numbered(row, row, 0.0, 0)
    leading = _LEADING.search(key)
    if not leading or not street.ordered:
        return None
    wanted = int(leading.group()[:9])
    same = street.numbers.get(str(wanted))
    if same is not None:
        return Numbered(same, same, 0.0, 0)
    return _between(_side(street.ordered, wanted % 2), wanted) or _nearest(street.ordered, wanted)


def _side(ordered: Sequence[tuple[int, int]], parity: int) -> list[tuple[int, int]]:
    return [entry for entry in ordered if entry[0] % 2 == parity]


def _between(side: Sequence[tuple[int, int]], wanted: int) -> Numbered | None:
    """Between the neighbours on the same side of the street, if it has both."""
    at = bisect_left(side, (wanted, -1))
    if at < len(side) and side[at][0] == wanted:
        return Numbered(side[at][1], side[at][1], 0.0, 0)  # 12 where only 12B is known
    if not 0 < at < len(side):
        return None
    (low, first), (high, second) = side[at - 1], side[at]
    return Numbered(first, second, (wanted - low) / (high - low), min(wanted - low, high - wanted))


def _nearest(ordered: Sequence[tuple[int, int]], wanted: int) -> Numbered:
    """The nearest number, of the same side if that has one close by: the two sides often drift apart."""

    def gap(entry: tuple[int, int]) -> tuple[bool, int, int]:
        away = abs(entry[0] - wanted)
        return (away % 2 == 1 or away > CLOSE_NUMBERS, away, entry[1])

    at = bisect_left(ordered, (wanted, -1))
    number, row = min(ordered[max(0, at - _LOOKED_AT) : at + _LOOKED_AT], key=gap)
    return Numbered(row, row, 0.0, abs(number - wanted))
