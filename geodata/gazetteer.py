"""The offline gazetteer: an extract's addresses, streets and named places, searched with room for slips."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Self

from geodata.address import ParsedAddress, name_key, number_key, parse
from geodata.coordinates import LatLon, apart_m
from geodata.errors import GeodataError
from geodata.extract import Extract
from geodata.localities import Localities
from geodata.named_places import AREA, CITY, FORMAT, NamedPlaces, read_places
from geodata.street_index import CLOSE_NUMBERS, Names, Street, find_number, index_streets

_NEAR_M = 250.0  # two answers closer than this are one for a visitor
_BESIDE_M = 2000.0  # a compound lies no further than this from the street its address names
_STREETS_TRIED = 6
_SURE = 0.85
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


class Gazetteer:
    """An index over an extract. Lookups never raise for any text."""

    def __init__(self, places: NamedPlaces) -> None:
        self._places = places
        self._streets = index_streets(places)
        self._street_names = Names(self._streets)
        self._rows: dict[str, list[int]] = {}
        for row, name in enumerate(places.place_names.tolist()):
            key = name_key(name)
            if len(key) >= 2:
                self._rows.setdefault(key, []).append(row)
        self._place_names = Names(self._rows)
        self._localities = Localities(places)

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
        progress(len(texts), len(texts))
        return found

    def lookup(self, text: str) -> tuple[Fix, ...]:
        """Up to five answers, the best first; none where nothing resembles it."""
        wanted = parse(text)
        on_streets = list(self._by_street(wanted))
        fixes = [*on_streets, *self._by_place(wanted, on_streets)]
        return _ranked(fixes or self._by_area(wanted))

    def _by_street(self, wanted: ParsedAddress) -> Iterator[Fix]:
        key = name_key(wanted.street or wanted.place)
        if len(key) < 2:
            return
        known = self._street_names.same(key)
        fixes = [fix for name, trust in known for fix in self._named(name, wanted, trust)]
        yield from fixes
        if any(fix.score >= _SURE for fix in fixes):
            return
        # A street of just this name is known: another one is worth a suggestion, never more.
        most = 1.0 if not known else 0.85
        others = self._street_names.similar(key, _STREETS_TRIED)
        if not known:
            others += self._street_names.ending(key)
        for name, trust in others:
            yield from self._named(name, wanted, trust * most)

    def _named(self, name: str, wanted: ParsedAddress, trust: float) -> Iterator[Fix]:
        for street in self._streets[name]:
            yield self._on_street(street, wanted, trust * self._localities.share(street, wanted, trust))

    def _by_place(self, wanted: ParsedAddress, on_streets: Sequence[Fix]) -> Iterator[Fix]:
        """Compounds and buildings by name; beside the address's street, if it names one that is known."""
        key = name_key(wanted.place or ("" if wanted.number else wanted.street))
        if len(key) < 2:
            return
        anchors = [fix for fix in on_streets if fix.score >= 0.45] if wanted.street else []
        for name, trust in self._place_names.same(key) or self._place_names.similar(key, 3):
            rows = self._rows[name]
            for row in rows:
                fix = self._place(row, trust if trust >= 0.97 else trust * 0.85)
                if (
                    len(rows) > 1
                    and wanted.district
                    and not self._localities.lies_in(fix.location, wanted.district)
                ):
                    fix = replace(fix, score=fix.score * 0.7)
                if anchors and all(apart_m(fix.location, near.location) > _BESIDE_M for near in anchors):
                    fix = replace(fix, score=fix.score * 0.6)
                yield fix

    def _by_area(self, wanted: ParsedAddress) -> Iterator[Fix]:
        """The district or city, where nothing nearer is known."""
        for name in filter(None, (wanted.district, wanted.city)):
            for row in self._rows.get(name_key(name), ()):
                yield self._place(row, 1.0)

    def _place(self, row: int, trust: float) -> Fix:
        places = self._places
        precision = Precision.AREA if int(places.place_kind[row]) in (AREA, CITY) else Precision.COMPOUND
        return Fix(
            location=LatLon(float(places.place_lat[row]), float(places.place_lon[row])),
            precision=precision,
            matched=str(places.place_names[row]),
            score=trust * (0.2 if precision is Precision.AREA else 0.95),
        )

    def _on_street(self, street: Street, wanted: ParsedAddress, trust: float) -> Fix:
        places, key = self._places, number_key(wanted.number)
        found = find_number(street, key) if key else None
        if found is None:
            score = trust * (0.5 if key else 0.55)
            at = LatLon(street.lat, street.lon)
            return Fix(location=at, precision=Precision.STREET, matched=street.name, score=score)
        first, other, share, gap = found
        lat, lon = (float(c[first] + (c[other] - c[first]) * share) for c in (places.lat, places.lon))
        at = LatLon(lat, lon)
        precision = Precision.INTERPOLATED
        if first == other:
            precision = Precision.NEAREST_NUMBER if gap else Precision.ADDRESS
        nearest = first if share <= 0.5 else other
        matched = f"{street.name} {places.numbers[nearest]}"
        return Fix(
            location=at,
            precision=precision,
            matched=matched,
            score=trust * _number_trust(places, nearest, key, gap),
        )


def _number_trust(places: NamedPlaces, row: int, key: str, gap: int) -> float:
    if not gap:
        return 1.0 if number_key(str(places.numbers[row])) == key else 0.97
    if gap > CLOSE_NUMBERS or gap % 2:
        return 0.75 if gap <= 2 * CLOSE_NUMBERS else 0.6
    return 0.88  # enough for a name without slips, not for one with


def _ranked(fixes: Iterable[Fix]) -> tuple[Fix, ...]:
    """Distinct answers, the best first; all lose trust where another is as good as the best and elsewhere."""
    kept: list[Fix] = []
    for fix in sorted(fixes, key=lambda fix: (-fix.score, fix.matched, fix.location)):
        if all(apart_m(fix.location, other.location) > 1 for other in kept):
            kept.append(fix)
        if len(kept) == 5:
            break
    if not kept:
        return ()
    best = kept[0]
    rivals = sum(
        other.score > best.score - 0.04 and apart_m(other.location, best.location) > _NEAR_M
        for other in kept[1:]
    )
    if not rivals:
        return tuple(kept)
    return tuple(replace(fix, score=fix.score * 0.6, rivals=rivals) for fix in kept)
